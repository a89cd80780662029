"""Terminals through two api processes' worth of apps, with a router that answers by hand."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import websockets
from fastapi import FastAPI
from websockets.typing import Subprotocol

from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.worker.terminals import terminal_loops
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.routers.service import terminals
from spotfi_cloud.storage.database import Database
from spotfi_protocol.terminal import Closed, DownFrame, EndReason, Open, Opened, Output, UpAct, UpFrame
from spotfi_protocol.topics import Down, Up
from tests.integration.api.conftest import Person, Town
from tests.integration.fleet.router import Router
from tests.integration.fleet.shared import broker, database_url, ingest
from tests.integration.fleet.test_tunnel import serve

__all__ = ["broker", "database_url", "ingest"]


@pytest.fixture
async def port(live_app: FastAPI) -> AsyncIterator[int]:
    async for port in serve(live_app):
        yield port


@pytest.fixture
async def other_port(live_settings: Settings, database: Database) -> AsyncIterator[int]:
    """Another process of the same role."""
    app = create_app(live_settings, database, SystemClock(), ca_pem=live_settings.tls_ca_file.read_text())
    async for port in serve(app):
        yield port


async def dial(owner: Person, router: Router, port: int) -> websockets.ClientConnection:
    """By a ticket that the first process made."""
    ticket = (await owner.post(f"/routers/{router.id}/terminals", None))["ticket"]
    return await websockets.connect(
        f"ws://127.0.0.1:{port}/api/v1/routers/{router.id}/terminal",
        subprotocols=[Subprotocol("spotfi.terminal.v1"), Subprotocol(f"ticket.{ticket}")],
        proxy=None,
    )


class Shell:
    """A terminal as a router has it, answering by hand."""

    def __init__(self, router: Router, session_id: UUID) -> None:
        self._router, self._session_id, self._seq = router, session_id, 0

    @classmethod
    async def asked_for(cls, router: Router) -> "Shell":
        frame = DownFrame.from_wire(await router.receive(Down.TERMINAL))
        assert frame.act == Open(80, 24)
        return cls(router, frame.session_id)

    def say(self, act: UpAct) -> None:
        self._router.publish(Up.TERMINAL, UpFrame(self._session_id, 1, self._seq, act).to_wire())
        self._seq += 1


async def entries(admin: Person, router_id: object, **query: Any) -> list[dict[str, Any]]:
    """What the audit log says of one router's terminals."""
    found: list[dict[str, Any]] = (await admin.get("/audit", kind="terminal_sessions", **query))["items"]
    theirs = {each["subject_id"] for each in found if each["after"].get("router_id") == str(router_id)}
    return [each for each in found if each["subject_id"] in theirs]


async def test_each_process_hears_its_own_and_only_their_router(
    live_town: Town, owner: Person, router: Router, port: int, other_port: int
) -> None:
    browsers, shells = [], []
    for each in (port, other_port):
        browsers.append(await dial(owner, router, each))
        shells.append(await Shell.asked_for(router))
    for number, shell in enumerate(shells):
        shell.say(Opened())
        shell.say(Output(b"of shell %d" % number))
    for number, browser in enumerate(browsers):
        assert json.loads(await asyncio.wait_for(browser.recv(), 30))["type"] == "opened"
        assert await asyncio.wait_for(browser.recv(), 30) == b"of shell %d" % number
    router.publish(Up.TERMINAL, {"session_id": "none", "received": 0})
    router.publish(Up.TERMINAL, UpFrame(UUID(int=7), 0, 0, Output(b"of nobody's")).to_wire())
    shells[0].say(Closed(EndReason.EXITED, "", 0))
    assert json.loads(await asyncio.wait_for(browsers[0].recv(), 30)) == {"type": "exit", "status": 0}
    await browsers[1].close()
    shells[1].say(Closed(EndReason.LEFT, ""))

    async def all_closed() -> bool:
        found = await entries(await live_town.admin(), router.id)
        return sorted(each["after"]["end_reason"] for each in found if each["after"].get("closed_at")) == [
            "exited",
            "left",
        ]

    for _ in range(300):
        if await all_closed():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(await entries(await live_town.admin(), router.id))


async def test_what_a_process_left_behind_is_closed(
    live_town: Town, owner: Person, router: Router, database: Database
) -> None:
    asked = await owner.post(f"/routers/{router.id}/terminals", None)

    class Later(SystemClock):
        def now(self) -> datetime:
            return super().now() + terminals.ABANDONED_AFTER + timedelta(seconds=5)

    async with database.unit_of_work() as session:
        await terminals.open_terminal(session, router.id, asked["ticket"], clock=SystemClock())
    (loop,) = terminal_loops(database, Later())
    task = asyncio.ensure_future(loop.run())
    admin, found = await live_town.admin(), list[dict[str, Any]]()
    for _ in range(300):
        found = await entries(admin, router.id, subject_id=asked["id"])
        if found[0]["after"].get("end_reason"):
            break
        await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert found[0]["after"]["end_reason"] == "stopped"
    assert found[0]["actor_kind"] == "nobody"


async def test_a_router_that_is_away_is_refused_and_that_is_in_the_log(
    live_town: Town, owner: Person, created: dict[str, Any]
) -> None:
    problem = await owner.post(f"/routers/{created['id']}/terminals", None, expect=409)
    assert problem["code"] == "router_offline"
    (entry,) = await entries(await live_town.admin(), created["id"])
    assert entry["after"]["router_id"] == created["id"]
    assert entry["after"]["end_reason"] == "link_lost"
    assert entry["address"] == "127.0.0.1"
