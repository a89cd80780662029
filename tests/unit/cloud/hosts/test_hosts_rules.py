"""Scopes, time zones and currencies."""

from uuid import uuid4

import pytest

from spotfi_cloud.hosts.rules import known_currency, known_timezone
from spotfi_cloud.hosts.scope import Scope


def test_a_scope_covers_one_host_or_everything() -> None:
    mine, other = uuid4(), uuid4()
    scope = Scope.of(mine)
    assert scope.covers(mine)
    assert not scope.covers(other)
    assert not scope.covers(None)
    assert Scope.everything().covers(other)
    assert Scope.everything().covers(None)


def test_zones_and_currencies_that_exist() -> None:
    assert known_timezone("Asia/Kathmandu") == "Asia/Kathmandu"
    assert known_currency("NPR") == "NPR"


@pytest.mark.parametrize("name", ["", "Vienna", "europe/vienna", "/etc/localtime", "../UTC", "UTC\0"])
def test_zones_that_do_not(name: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        known_timezone(name)


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XTS", "ZZZ"])
def test_currencies_that_do_not(code: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        known_currency(code)


def test_a_scope_of_several_hosts_covers_these_and_no_others() -> None:
    mine, too, other = uuid4(), uuid4(), uuid4()
    scope = Scope.of_hosts([mine, too])
    assert scope.covers(mine)
    assert scope.covers(too)
    assert not scope.covers(other)
    assert not scope.covers(None)
    assert scope.only_host_id is None
    assert not Scope.of_hosts([]).covers(None)
    assert not Scope.of_hosts([]).is_everything
    assert Scope.of(mine).only_host_id == mine
