"""What is wrong with routers, guests and commands is raised once, from the real tables, and cleared when it is over."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from spotfi_cloud.alerts.repository import conditions
from spotfi_cloud.alerts.service import rulebook
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.ids import new_id
from tests.integration.alerts.conftest import Fleet


async def test_a_router_that_is_offline_for_five_minutes(fleet: Fleet) -> None:
    ids = await fleet.routers(await fleet.host(), 3)
    await fleet.watch(1)
    await fleet.set_online(ids[:1], online=False)
    assert await fleet.watch(5) == (0, 0)
    assert await fleet.watch(1) == (1, 0)
    assert await fleet.sql("SELECT kind, subject_id, router_id, severity FROM alerts") == [
        ("router_offline", ids[0], ids[0], "critical")
    ]
    await fleet.set_online(ids[:1], online=True)
    assert await fleet.watch(2) == (0, 1)
    assert await fleet.sql("SELECT * FROM alert_conditions") == []
    events = await fleet.sql("SELECT kind FROM events WHERE kind LIKE 'alert.%' ORDER BY tx, number")
    assert [row[0] for row in events] == ["alert.raised", "alert.cleared"]


@pytest.mark.parametrize(
    ("kind", "bad", "good"),
    [
        ("cpu_high", {"cpu_percent": 95.0}, {"cpu_percent": 50.0}),
        ("memory_high", {"memory_available_bytes": 50}, {"memory_available_bytes": 500}),
        ("storage_high", {"disk_used_bytes": 950}, {"disk_used_bytes": 500}),
        ("temperature_high", {"temperature_c": 90.0}, {"temperature_c": 50.0}),
    ],
)
async def test_a_figure_that_stays_high(fleet: Fleet, kind: str, bad: dict[str, Any], good: dict[str, Any]) -> None:
    await fleet.routers(await fleet.host(), 2)
    raised, cleared = await fleet.watch(11, **bad)
    assert (raised, cleared, set(await fleet.open_kinds())) == (2, 0, {kind})
    assert await fleet.watch(6, **good) == (0, 2)
    assert await fleet.watch(4, **bad) == (0, 0)


async def test_telemetry_that_is_missing(fleet: Fleet) -> None:
    [router_id] = await fleet.routers(await fleet.host())
    for _ in range(12):
        fleet.clock.advance(timedelta(minutes=1))
        await fleet.look()
    assert await fleet.open_kinds() == ["telemetry_missing"]
    await fleet.set_online([router_id], online=False)
    await fleet.set_online([router_id], online=True)
    assert await fleet.watch(2) == (0, 1)


async def test_a_router_that_is_deleted_or_a_rule_that_is_off_ends_the_alert(fleet: Fleet) -> None:
    host_id = await fleet.host()
    ids = await fleet.routers(host_id, 2)
    await fleet.watch(11, cpu_percent=99.0)
    await fleet.sql("UPDATE routers SET deleted_at = :now WHERE id = :id", now=fleet.clock.now(), id=ids[0])
    assert await fleet.watch(0.25, cpu_percent=99.0) == (0, 1)
    async with fleet.database.unit_of_work() as session:
        off = {"enabled": False}
        await rulebook.put_rule(session, Scope.of(host_id), host_id, "cpu_high", off, clock=fleet.clock)
    assert await fleet.watch(0.25, cpu_percent=99.0) == (0, 1)
    assert await fleet.watch(15, cpu_percent=99.0) == (0, 0)


async def test_a_hosts_rule_holds_for_its_routers_only(fleet: Fleet) -> None:
    strict, usual = await fleet.host("Strict"), await fleet.host("Usual")
    [mine] = await fleet.routers(strict)
    await fleet.routers(usual)
    async with fleet.database.unit_of_work() as session:
        rule = {"threshold": 50.0, "clear_threshold": 40.0, "duration_s": 0}
        await rulebook.put_rule(session, Scope.of(strict), strict, "cpu_high", rule, clock=fleet.clock)
    assert await fleet.watch(0.25, cpu_percent=60.0) == (1, 0)
    assert await fleet.sql("SELECT router_id, value, threshold FROM alerts") == [(mine, 60.0, 50.0)]


async def test_an_outage_of_the_installation_is_one_alert(fleet: Fleet) -> None:
    ids = [*await fleet.routers(await fleet.host("A"), 20), *await fleet.routers(await fleet.host("B"), 20)]
    await fleet.watch(1)
    await fleet.set_online(ids, online=False)
    await fleet.watch(60)
    assert await fleet.sql("SELECT kind, host_id, severity FROM alerts") == [("fleet_offline", None, "critical")]
    await fleet.set_online(ids[3:], online=True)
    await fleet.watch(8)
    assert await fleet.open_kinds() == ["router_offline"] * 3


async def test_one_host_that_loses_its_power_is_no_outage_of_the_installation(fleet: Fleet) -> None:
    ids = await fleet.routers(await fleet.host("A"), 12)
    await fleet.routers(await fleet.host("B"), 2)
    await fleet.set_online(ids, online=False)
    await fleet.watch(7)
    assert await fleet.open_kinds() == ["router_offline"] * 12


async def add_guest(fleet: Fleet, host_id: UUID, router_id: UUID, quota_bytes: int) -> UUID:
    plan_id, guest_id, now = new_id(), new_id(), fleet.clock.now()
    await fleet.sql(
        "INSERT INTO plans (id, name, quota_bytes, period, max_sessions, price_minor, currency, interim_interval_s, created_at)"
        " VALUES (:id, 'Day', :quota, 'day', 1, 0, 'EUR', 60, :now)",
        id=plan_id, quota=quota_bytes, now=now,
    )  # fmt: skip
    await fleet.sql(
        "INSERT INTO subscribers (id, username, password_sealed, plan_id, host_id, created_at)"
        " VALUES (:id, :name, '', :plan, :host, :now)",
        id=guest_id, name=str(guest_id), plan=plan_id, host=host_id, now=now,
    )  # fmt: skip
    await fleet.sql(
        "INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, subscriber_id, up_bytes, down_bytes)"
        " VALUES (:id, :now, :router, :host, :guest, 0, 0)",
        id=new_id(), now=now, router=router_id, host=host_id, guest=guest_id,
    )  # fmt: skip
    await fleet.sql(
        "INSERT INTO quota_balances VALUES (:guest, :begin, :end, 0)",
        guest=guest_id, begin=now - timedelta(hours=1), end=now + timedelta(hours=20),
    )  # fmt: skip
    return guest_id


async def test_a_quota_is_told_once_at_each_threshold_and_again_after_a_top_up(fleet: Fleet) -> None:
    host_id = await fleet.host()
    [router_id] = await fleet.routers(host_id)
    guest_id = await add_guest(fleet, host_id, router_id, 1000)

    async def use(used_bytes: int) -> list[str]:
        await fleet.sql("UPDATE quota_balances SET used_bytes = :used", used=used_bytes)
        await fleet.watch(2.5)
        return await fleet.open_kinds()

    assert await use(790) == []
    assert await use(810) == ["quota_threshold"]
    assert await use(1001) == ["quota_exhausted", "quota_threshold"]
    await fleet.sql("UPDATE subscribers SET granted_bytes = 1000")
    assert await use(1100) == []
    assert await use(1900) == ["quota_threshold"]
    assert len(await fleet.sql("SELECT * FROM alerts")) == 3
    assert {row[0] for row in await fleet.sql("SELECT subject_id FROM alerts")} == {guest_id}


async def test_what_rolled_over_is_part_of_the_quota_and_any_quota_of_the_plan_counts(fleet: Fleet) -> None:
    host_id = await fleet.host()
    [router_id] = await fleet.routers(host_id)
    await add_guest(fleet, host_id, router_id, 1000)

    async def use(**used: int) -> list[str]:
        changes = ", ".join(f"{name} = {value}" for name, value in used.items())
        await fleet.sql(f"UPDATE quota_balances SET {changes}")
        await fleet.watch(1.5)
        return await fleet.open_kinds()

    assert await use(used_bytes=1100, rolled_bytes=1000) == []
    assert await use(used_bytes=1700) == ["quota_threshold"]
    assert await use(used_bytes=100) == []
    await fleet.sql("UPDATE plans SET quota_s = 3600, quota_up_bytes = 50")
    assert await use(used_s=3000) == ["quota_threshold"]
    assert await use(used_s=3600) == ["quota_exhausted", "quota_threshold"]
    assert await use(used_s=0, used_up_bytes=45) == ["quota_threshold"]


async def test_a_failed_command_is_told_once_and_is_over_after_a_day(fleet: Fleet) -> None:
    [router_id] = await fleet.routers(await fleet.host())
    await fleet.watch(0.5)
    for kind, state in (("reboot", "failed"), ("logs", "expired"), ("ping", "succeeded"), ("kick", "failed")):
        await fleet.sql(
            "INSERT INTO commands (id, router_id, kind, args, state, deadline_at, created_at)"
            " VALUES (:id, :router, :kind, '{}', :state, :now, :now)",
            id=new_id(), router=router_id, kind=kind, state=state, now=fleet.clock.now(),
        )  # fmt: skip
    assert await fleet.watch(1) == (2, 0)
    assert await fleet.watch(1) == (0, 0)
    details = await fleet.sql("SELECT details FROM alerts ORDER BY details->>'command'")
    assert [row[0] for row in details] == [
        {"command": "logs", "state": "expired"},
        {"command": "reboot", "state": "failed"},
    ]
    fleet.clock.advance(timedelta(days=1))
    assert await fleet.watch(0.25) == (0, 2)


async def test_two_workers_look_in_turn_and_raise_once(fleet: Fleet) -> None:
    await fleet.routers(await fleet.host(), 5)
    for _ in range(60):
        fleet.clock.advance(timedelta(seconds=15))
        await fleet.report(cpu_percent=99.0)
        looked = await asyncio.gather(fleet.look(), fleet.look())
        assert any(each is not None for each in looked)
    assert await fleet.open_kinds() == ["cpu_high"] * 5
    assert len(await fleet.sql("SELECT * FROM alerts")) == 5


async def test_whoever_looks_keeps_others_from_looking(fleet: Fleet) -> None:
    async with fleet.database.unit_of_work() as session:
        assert await conditions.take_turn(session)
        assert await fleet.look() is None
    assert await fleet.look() is not None
