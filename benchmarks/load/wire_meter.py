"""A TCP port in front of another that counts the bytes passing through it: TLS and MQTT, without the headers of TCP and IP."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class WireMeter:
    """Counts both ways. Runs in a thread of its own."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.up_bytes = 0
        self.down_bytes = 0
        self._target_port = target_port

    async def listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._pass_through, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _pass_through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        await asyncio.gather(self._up(reader, inner_writer), self._down(inner_reader, writer))

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await _next(reader):
            self.up_bytes += len(data)
            writer.write(data)
        writer.close()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await _next(reader):
            self.down_bytes += len(data)
            writer.write(data)
        writer.close()


async def _next(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65_536)
    except ConnectionError:
        return b""


@contextmanager
def metering(target_port: int) -> Iterator[WireMeter]:
    """A meter in front of the port on loopback, while the block runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    meter = WireMeter(target_port)
    asyncio.run_coroutine_threadsafe(meter.listen(), loop).result(10)
    try:
        yield meter
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
