"""Identifiers are UUIDs of version 7: unique, and in the order of their making."""

import time

from spotfi_cloud.kernel.ids import new_id


def test_ids_are_version_7() -> None:
    assert {(new_id().version, new_id().variant) for _ in range(100)} == {(7, "specified in RFC 4122")}


def test_later_ids_sort_later() -> None:
    first = new_id()
    time.sleep(0.002)
    assert first < new_id()


def test_ids_do_not_repeat() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000
