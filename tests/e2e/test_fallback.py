"""A network that lets out only HTTPS: the agent gets through the API's WebSocket by itself, and goes back."""

import asyncio
import threading
from collections.abc import Callable

from tests.e2e.installation import Api, Installation, eventually
from tests.e2e.router import Router
from tests.ports import free_port


class Doorway:
    """A TCP port in front of another that can be shut: new connections are refused, open ones are cut."""

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self._target_port = target_port
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.open()

    def open(self) -> None:
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(30)

    def shut(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(30)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._pass_through, "127.0.0.1", self.port)

    async def _shut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _pass_through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._writers |= {writer, inner_writer}
        await asyncio.gather(self._copy(reader, inner_writer), self._copy(inner_reader, writer))

    @staticmethod
    async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


def test_the_agent_falls_back_to_the_websocket_and_returns(
    installation: Installation, admin: Api, new_router: Callable[..., Router]
) -> None:
    host = admin.post("/hosts", {"name": "Behind a firewall", "timezone": "UTC", "currency": "EUR"})
    created = admin.post("/routers", {"name": "Far", "host_id": host["id"], "nas_kind": "agent", "address": None})
    router = new_router("far", primary_retry_s="3")
    router.run("enroll", installation.https_url, given=created["enrolment_code"])
    doorway = Doorway(installation.mqtt_tls_port)
    router.point_primary_at(doorway.port)
    router.start()

    def transport() -> str:
        seen: str = (admin.get(f"/routers/{created['id']}").get("agent") or {}).get("transport", "")
        return seen

    eventually("connected by the primary", lambda: transport() == "mqtt", within_s=20)
    doorway.shut()
    eventually("connected by the fallback", lambda: transport() == "websocket", within_s=60)
    logs = admin.post(f"/routers/{created['id']}/commands", {"kind": "logs", "args": {}, "deadline_s": 60}, expect=202)
    eventually(
        "logs through the fallback", lambda: admin.get(f"/commands/{logs['id']}")["state"] == "succeeded", within_s=30
    )
    before = admin.get(f"/routers/{created['id']}")["latest_sample"]["taken_at"]
    admin.patch(f"/routers/{created['id']}", {"interval_s": 1})
    eventually(
        "telemetry through the fallback",
        lambda: admin.get(f"/routers/{created['id']}")["latest_sample"]["taken_at"] > before,
        within_s=30,
    )
    doorway.open()
    eventually("back on the primary", lambda: transport() == "mqtt", within_s=60)
