"""Principals make sense or do not exist."""

from uuid import uuid4

import pytest

from spotfi_cloud.identity.rules import Principal, Role, normal_email


def test_a_host_has_a_host_and_an_admin_has_none() -> None:
    assert Principal(uuid4(), Role.HOST, uuid4()).host_id is not None
    for role, host_id in ((Role.HOST, None), (Role.ADMIN, uuid4())):
        with pytest.raises(ValueError, match="one host"):
            Principal(uuid4(), role, host_id)


def test_addresses_differ_by_more_than_case_and_spaces() -> None:
    assert normal_email(" Ada@Example.COM ") == "ada@example.com"
