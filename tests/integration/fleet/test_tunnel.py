"""`/mqtt`: a router whose network lets out HTTPS only talks to the real broker through the API."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import websockets
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from spotfi_cloud.entrypoints.api.mqtt_tunnel import add_tunnel
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_protocol.messages import ResultState
from tests.integration.api.conftest import Person, Town
from tests.integration.broker.running import RunningBroker
from tests.integration.fleet.conftest import Role
from tests.integration.fleet.router import Router, eventually

MQTT = [Subprotocol("mqtt")]
CONNECT = bytes.fromhex("101800044d5154540402003c000c6e6f626f6479206b6e6f7773")


class From:
    """The app as a client at another address sees it."""

    def __init__(self, app: FastAPI, host: str) -> None:
        self._app, self._host = app, host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "client": (self._host, 1)} if scope["type"] == "websocket" else scope, receive, send)


async def serve(app: Any) -> AsyncIterator[int]:
    """The app on a port of loopback, the way the api role serves it."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, ws="websockets-sansio", lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listener]))

    async def started() -> bool:
        return server.started

    await eventually("it serves", started)
    yield listener.getsockname()[1]
    server.should_exit = True
    await task
    listener.close()


@pytest.fixture
def tunnelled_app(live_app: FastAPI, live_settings: Settings) -> FastAPI:
    """The app with its tunnel, whether or not it was put there already."""
    if not any(getattr(route, "path", "") == "/mqtt" for route in live_app.routes):
        add_tunnel(live_app, live_settings)
    return live_app


@pytest.fixture
async def port(tunnelled_app: FastAPI) -> AsyncIterator[int]:
    async for port in serve(tunnelled_app):
        yield port


@pytest.fixture
async def far_port(tunnelled_app: FastAPI) -> AsyncIterator[int]:
    async for port in serve(From(tunnelled_app, "203.0.113.9")):
        yield port


async def test_commands_and_telemetry_pass(
    live_town: Town, owner: Person, created: dict[str, Any], ingest: Role, port: int, tmp_path: Path
) -> None:
    grant = await live_town.anyone.post("/enrolment", {"code": created["enrolment_code"]}, expect=200)
    router = Router(grant, port, tmp_path, websocket_path="/mqtt")
    await router.connect()
    logs = await owner.post(f"/routers/{router.id}/commands", {"kind": "logs"}, expect=202)
    command = await router.receive_command()
    pieces = [bytes([number]) * 40_000 for number in range(10)]
    for number, data in enumerate(pieces):
        router.print_piece(command, number, data)
    router.answer(command, ResultState.SUCCEEDED, message="done", pieces=len(pieces), bytes=400_000)
    await router.receive_ack(router.seq)
    assert (await owner.get(f"/commands/{logs['id']}"))["state"] == "succeeded"
    assert await owner.get(f"/commands/{logs['id']}/output") == b"".join(pieces)
    router.close()


async def test_frames_may_cut_packets_anywhere(broker: RunningBroker, port: int) -> None:
    async with websockets.connect(f"ws://127.0.0.1:{port}/mqtt", subprotocols=MQTT) as websocket:
        assert websocket.subprotocol == "mqtt"
        for byte in CONNECT:
            await websocket.send(bytes([byte]))
        answer = await websocket.recv()
        assert isinstance(answer, bytes)
        assert answer[:1] == b"\x20"  # CONNACK, which refuses this stranger


@pytest.mark.parametrize("opening", [b"GET / HTTP/1.1\r\n", "text", b"\x30\x00"])
async def test_what_is_no_mqtt_is_closed(port: int, opening: str | bytes) -> None:
    async with websockets.connect(f"ws://127.0.0.1:{port}/mqtt", subprotocols=MQTT) as websocket:
        await websocket.send(opening)
        with pytest.raises(ConnectionClosed) as caught:
            await websocket.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code in {1003, 1008}


async def status_of(port: int, **options: Any) -> int:
    with pytest.raises(InvalidStatus) as caught:
        await websockets.connect(f"ws://127.0.0.1:{port}/mqtt", **options)
    return caught.value.response.status_code


async def test_refusals_come_before_the_handshake(port: int, far_port: int, broker: RunningBroker) -> None:
    assert await status_of(port) == 400
    assert await status_of(far_port, subprotocols=MQTT) == 403
    broker.stop()
    assert await status_of(port, subprotocols=MQTT) == 503


async def test_the_brokers_end_ends_the_tunnel(port: int, broker: RunningBroker) -> None:
    async with websockets.connect(f"ws://127.0.0.1:{port}/mqtt", subprotocols=MQTT) as websocket:
        broker.stop()
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(websocket.recv(), 5)
