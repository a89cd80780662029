"""Sessions and usage over HTTP: who sees what, and the ending of sessions by hand."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.sessions.rules import AccountingEvent, EventKind
from spotfi_cloud.storage.batches import transaction
from tests.integration.api.conftest import NOW, Person, Town, plan_body

UNKNOWN = "01890000-0000-7000-8000-000000000000"


class Guest:
    """A subscriber of one host who is online on the routers of two."""

    def __init__(self, url: str, username: str) -> None:
        self._url, self._username = url, username

    async def use(self, router: dict[str, Any], up_bytes: int, *, kind: EventKind = EventKind.INTERIM) -> None:
        event = AccountingEvent(
            kind=kind,
            router_id=UUID(router["id"]),
            host_id=UUID(router["host_id"]),
            acct_session_id=f"s-{router['name']}",
            username=self._username,
            event_at=NOW - timedelta(minutes=1),
            arrived_at=NOW,
            up_bytes=up_bytes,
            down_bytes=0,
            session_time_s=60,
        )
        await self._record([event])

    async def _record(self, events: Sequence[AccountingEvent]) -> None:
        connecting = psycopg.AsyncConnection.connect(self._url, autocommit=True)
        async with await connecting as connection, transaction(connection) as batch:
            recorded = await sessions.record_accounting(batch, events, sessions.SessionMemory())
            await quotas.record_usage(batch, recorded, clock=ManualClock(NOW), default_zone="UTC")


async def roaming_guest(
    home: Person, other: Person, database_url: str
) -> tuple[Guest, dict[str, Any], list[dict[str, Any]]]:
    plan = await home.post("/plans", plan_body(quota_bytes=1000))
    body = {"username": "ada@home", "password": "a long enough one", "plan_id": plan["id"], "host_id": home.host_id}
    subscriber = await home.post("/subscribers", body)
    routers = []
    for name, host in (("Bar", home), ("Garden", other)):
        router = await host.post("/routers", {"name": name, "nas_kind": "generic", "host_id": host.host_id})
        routers.append(await host.get(f"/routers/{router['id']}"))
    return Guest(database_url, "ada@home"), subscriber, routers


async def test_a_host_sees_sessions_on_its_own_routers_and_only_its_own_guests_names(
    town: Town, database_url: str
) -> None:
    home, other = await town.move_in("Café"), await town.move_in("Hotel")
    guest, subscriber, (bar, garden) = await roaming_guest(home, other, database_url)
    await guest.use(bar, 100)
    await guest.use(garden, 200)

    (own,) = (await home.get("/sessions", open=True))["items"]
    assert (own["username"], own["subscriber_id"], own["up_bytes"]) == ("ada@home", subscriber["id"], 100)
    (foreign,) = (await other.get("/sessions"))["items"]
    assert (foreign["username"], foreign["subscriber_id"], foreign["up_bytes"]) == ("a•••", None, 200)
    assert (await other.get("/sessions", subscriber_id=subscriber["id"]))["items"] == []
    await other.get(f"/sessions/{own['id']}", expect=404)
    await other.post(f"/sessions/{own['id']}/disconnect", {}, expect=404)
    admin = await town.admin()
    assert len((await admin.get("/sessions", subscriber_id=subscriber["id"]))["items"]) == 2
    assert [row["id"] for row in (await admin.get("/sessions", router_id=bar["id"]))["items"]] == [own["id"]]
    assert (await admin.get("/sessions", open=False))["items"] == []


async def test_usage_tells_quota_remainder_and_routers_and_what_is_being_ended(town: Town, database_url: str) -> None:
    home, other = await town.move_in("Café"), await town.move_in("Hotel")
    guest, subscriber, (bar, garden) = await roaming_guest(home, other, database_url)
    await guest.use(bar, 400)
    await guest.use(garden, 700)

    usage = await home.get(f"/subscribers/{subscriber['id']}/usage")
    assert (usage["quota_bytes"], usage["used_bytes"], usage["remaining_bytes"]) == (1000, 1100, 0)
    assert (usage["period_start"], usage["period_end"]) == ("2026-11-14T23:00:00Z", "2026-11-15T23:00:00Z")
    by_router = {row["router_id"]: row["up_bytes"] for row in usage["by_router"]}
    assert by_router == {bar["id"]: 400, garden["id"]: 700}
    assert [row["enforcement"]["state"] for row in usage["open_sessions"]] == ["pending", "pending"]
    await other.get(f"/subscribers/{subscriber['id']}/usage", expect=404)
    await home.get(f"/subscribers/{UNKNOWN}/usage", expect=404)


async def test_a_session_is_ended_by_hand_once_and_proved_by_its_stop(town: Town, database_url: str) -> None:
    home, other = await town.move_in("Café"), await town.move_in("Hotel")
    guest, _, (bar, _) = await roaming_guest(home, other, database_url)
    await guest.use(bar, 1)
    (session,) = (await home.get("/sessions"))["items"]
    path = f"/sessions/{session['id']}"
    assert await home.get(f"{path}/enforcement") is None

    first = await home.post(f"{path}/disconnect", {}, expect=202)
    assert (first["state"], first["reason"]) == ("pending", "manual")
    assert await home.post(f"{path}/disconnect", {}, expect=202) == first
    await guest.use(bar, 2, kind=EventKind.STOP)
    assert (await home.get(f"{path}/enforcement"))["state"] == "proved"
    assert (await home.get(path))["ended_at"] is not None
    await home.post(f"{path}/disconnect", {}, expect=409)


async def test_sessions_are_found_by_when_they_were_and_why_they_ended(town: Town, database_url: str) -> None:
    home = await town.move_in("Home")
    guest, _, (bar, _) = await roaming_guest(home, home, database_url)
    await guest.use(bar, 100)
    (found,) = (await home.get("/sessions"))["items"]
    assert (found["ending"], found["terminate_cause"]) == (None, None)
    await guest.use(bar, 200, kind=EventKind.STOP)
    hour, minute = timedelta(hours=1), timedelta(minutes=1)

    async def names(**wanted: Any) -> list[str]:
        return [item["ending"] for item in (await home.get("/sessions", **wanted))["items"]]

    reason = "The router gave no reason."
    assert await names() == [reason]
    assert await names(**{"from": (NOW - hour).isoformat(), "to": NOW.isoformat()}) == [reason]
    assert await names(**{"from": NOW.isoformat()}) == [], "it had ended"
    assert await names(to=(NOW - 3 * minute).isoformat()) == [], "it had not begun"
    assert await names(terminate_cause="idle-timeout") == []
