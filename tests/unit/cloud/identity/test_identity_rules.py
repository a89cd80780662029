"""Principals make sense or do not exist, and the table of permissions says what the roles are for."""

from uuid import uuid4

import pytest

from spotfi_cloud.identity.rules import PERMISSIONS, Area, Principal, Right, Role, normal_email


def test_only_a_host_has_exactly_one_host() -> None:
    one, two = frozenset({uuid4()}), frozenset({uuid4(), uuid4()})
    assert Principal(uuid4(), Role.HOST, one).host_id in one
    assert Principal(uuid4(), Role.TECHNICIAN, two).host_id is None
    assert Principal(uuid4(), Role.TECHNICIAN, frozenset()).host_ids == frozenset()
    for role, host_ids in (
        (Role.HOST, None),
        (Role.HOST, frozenset()),
        (Role.HOST, two),
        (Role.ADMIN, one),
        (Role.SUPPORT, frozenset()),
        (Role.TECHNICIAN, None),
    ):
        with pytest.raises(ValueError, match="Host"):
            Principal(uuid4(), role, host_ids)


def test_every_role_has_a_say_on_every_area() -> None:
    assert {role: set(rights) for role, rights in PERMISSIONS.items()} == {role: set(Area) for role in Role}


def test_support_and_technicians_see_no_money_no_settings_and_no_staff() -> None:
    for role in (Role.SUPPORT, Role.TECHNICIAN):
        for area in (Area.MONEY, Area.SETTINGS, Area.STAFF):
            assert PERMISSIONS[role][area] is Right.NONE
    assert PERMISSIONS[Role.SUPPORT][Area.GUESTS] is Right.WRITE
    assert PERMISSIONS[Role.TECHNICIAN][Area.GUESTS] is Right.NONE


def test_write_includes_read() -> None:
    admin = Principal(uuid4(), Role.ADMIN, None)
    owner = Principal(uuid4(), Role.HOST, frozenset({uuid4()}))
    assert admin.may(Area.MONEY, Right.READ)
    assert owner.may(Area.MONEY, Right.READ)
    assert not owner.may(Area.MONEY, Right.WRITE)


def test_addresses_compare_without_case_and_margins() -> None:
    assert normal_email(" Owner@Example.COM ") == "owner@example.com"
