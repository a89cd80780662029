"""The overview's figures: what is there, of whose, and for whom."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from spotfi_cloud.identity.rules import Role
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.routers.attention import complaints_of
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town

WELL: dict[str, Any] = {
    "taken_at": "2026-10-05T10:00:00Z",
    "uptime_s": 5,
    "cpu_percent": 20.0,
    "load": None,
    "memory_total_bytes": 100,
    "memory_available_bytes": 50,
    "disk_total_bytes": 100,
    "disk_used_bytes": 10,
    "temperature_c": None,
    "loss_percent": None,
    "wan_up": True,
    "wan_device": "eth0",
    "interfaces": {
        "eth0": {
            "rx_bytes": 1, "tx_bytes": 1, "rx_packets": 1, "tx_packets": 1, "up": True, "rx_bps": 3000.0, "tx_bps": 500.0,
        }
    },
}  # fmt: skip
ILL = [
    {"cpu_percent": 90.0},
    {"memory_available_bytes": 10},
    {"disk_used_bytes": 95},
    {"temperature_c": 81},
    {"loss_percent": 30.0},
    {"wan_up": False},
]


async def _heard(database: Database, router_id: str, sample: dict[str, Any] | None, *, online: bool = True) -> None:
    statement = text(
        "INSERT INTO router_presence (router_id, online, ended, changed_at, last_seen_at, latest_sample, latest_taken_at)"
        " VALUES (:id, :online, false, now(), now(), cast(:sample AS jsonb), now())"
        " ON CONFLICT (router_id) DO UPDATE SET latest_sample = excluded.latest_sample, online = excluded.online"
    )
    values = {"id": router_id, "online": online, "sample": None if sample is None else json.dumps(sample)}
    async with database.unit_of_work() as session:
        await session.execute(statement, values)


async def _router(person: Person, name: str = "Bar") -> str:
    body = {"name": name, "nas_kind": "agent", "host_id": person.host_id}
    router_id: str = (await person.post("/routers", body))["id"]
    return router_id


async def test_an_empty_system_has_figures(admin: Person) -> None:
    shown = await admin.get("/overview")
    assert shown["fleet"]["routers"] == 0
    assert shown["guests"]["day"] == []
    assert shown["money"]["totals"] == []


async def test_each_sees_the_figures_of_their_own(town: Town, admin: Person, database: Database) -> None:
    owner, stranger = await town.move_in("Café"), await town.move_in("Hotel")
    well, away, _silent = [await _router(owner, name) for name in ("Bar", "Garden", "Cellar")]
    await _heard(database, well, WELL)
    await _heard(database, away, WELL, online=False)
    await owner.call("POST", f"/routers/{well}/commands", expect=202, json={"kind": "logs", "args": {"lines": 5}})
    expected = {"routers": 3, "online": 1, "attention": 0, "silent": 1, "revoked": 0, "rx_bps": 3000.0, "tx_bps": 500.0}
    for person in (owner, admin):
        shown = await person.get("/overview")
        assert shown["fleet"] == expected
        assert shown["commands_under_way"] == 1
    shown = await stranger.get("/overview")
    assert shown["fleet"]["routers"] == shown["commands_under_way"] == shown["guests"]["online"] == 0
    technician = await town.employ(admin, Role.TECHNICIAN, host_ids=[str(owner.host_id)])
    shown = await technician.get("/overview")
    assert shown["fleet"] == expected
    assert shown["guests"] is shown["money"] is None


@pytest.mark.parametrize("ill", ILL)
async def test_sql_and_python_agree_on_what_asks_for_attention(
    town: Town, database: Database, ill: dict[str, Any]
) -> None:
    owner = await town.move_in("Café")
    router_id = await _router(owner)
    for sample, complains in ((WELL, False), (WELL | ill, True), (None, False)):
        await _heard(database, router_id, sample)
        assert bool(complaints_of(sample or {})) is complains
        assert (await owner.get("/overview"))["fleet"]["attention"] == complains
        assert bool((await owner.get(f"/routers/{router_id}"))["attention"]) is complains
        for attention in ("true", "false"):
            found = (await owner.get("/routers", attention=attention))["items"]
            assert bool(found) is (complains == (attention == "true"))
    await _heard(database, router_id, WELL | ill, online=False)
    assert (await owner.get("/overview"))["fleet"]["attention"] == 0


async def test_usage_of_the_day_by_quarter(town: Town, database: Database, admin: Person) -> None:
    owner, stranger = await town.move_in("Café"), await town.move_in("Hotel")
    router_id = await _router(owner)
    now = datetime.fromisoformat((await admin.get("/overview"))["at"])
    quarter = datetime(now.year, now.month, now.day, now.hour, tzinfo=UTC)
    async with database.unit_of_work() as session:
        for up in (10, 5):
            session_id = new_id()
            await session.execute(
                text(
                    "INSERT INTO sessions (id, router_id, host_id, acct_session_id, username, calling_station_id,"
                    " called_station_id, framed_ip, nas_address, login, known_up_bytes, known_down_bytes, gigawords,"
                    " session_time_s, up_bytes, down_bytes, refused_updates, started_at, updated_at, heard_at, stopped,"
                    " terminate_cause) VALUES (:id, :router, :host, :acct, 'ada', '', '', '', '', '', 0, 0, false, 0, :up, 0,"
                    " 0, :at, :at, :at, false, '')"
                ),
                {
                    "id": session_id,
                    "acct": str(up),
                    "router": router_id,
                    "host": owner.host_id,
                    "up": up,
                    "at": quarter,
                },
            )
            await session.execute(
                text(
                    "INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, up_bytes, down_bytes)"
                    " VALUES (:id, :at, :router, :host, :up, 7)"
                ),
                {"id": session_id, "router": router_id, "host": owner.host_id, "up": up, "at": quarter},
            )
    for person in (owner, admin):
        guests = (await person.get("/overview"))["guests"]
        assert guests["online"] == 2
        assert [(each["up_bytes"], each["down_bytes"]) for each in guests["day"]] == [(15, 14)]
    assert (await stranger.get("/overview"))["guests"]["day"] == []
