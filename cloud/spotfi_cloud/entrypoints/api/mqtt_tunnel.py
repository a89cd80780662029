"""`/mqtt`: MQTT over WebSocket (MQTT 3.1.1 §6) on the API's own origin, carried byte for byte to the broker's TCP port.

For routers in networks that let out HTTPS only. The tunnel reads one thing of what it carries: the first byte must begin a
CONNECT. Who may connect and what they may touch is the broker's business, as on its other ports.
"""

import asyncio
import contextlib
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI
from prometheus_client import Counter, Gauge
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.routers.private_channel import is_private

_log = structlog.get_logger(__name__)
_OPEN = Gauge("spotfi_mqtt_tunnels_open", "Open WebSocket tunnels to the broker.")
_REFUSED = Counter("spotfi_mqtt_tunnels_refused", "Refused WebSocket tunnels.", ["reason"])

SUBPROTOCOL = "mqtt"
_MAX_OPEN = 2000
_CHUNK_BYTES = 32 * 1024
_DIAL_S = 5.0
_HANDSHAKE_S = 10.0
_IDLE_S = 15 * 60.0
"""Longer than any keep-alive an agent uses; without traffic the peer is gone."""
_CONNECT = 0x10
_DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}
# WebSocket close codes (RFC 6455 §7.4.1).
_NORMAL, _UNSUPPORTED, _POLICY = 1000, 1003, 1008


class _BrokenMqttError(Exception):
    """The client does not speak MQTT over WebSocket; `code` closes it."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def add_tunnel(app: FastAPI, settings: Settings) -> None:
    """Serve `/mqtt` on the app, to the broker the settings name."""
    app.add_api_websocket_route("/mqtt", MqttTunnel(settings.mqtt_tunnel_url, settings.tls_ca_file).serve)


class MqttTunnel:
    """Carries WebSockets to one broker."""

    def __init__(self, mqtt_url: str, ca_file: Path) -> None:
        parts = urlsplit(mqtt_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or _DEFAULT_PORTS[parts.scheme]
        self._ca_file = ca_file if parts.scheme == "mqtts" else None
        self._open = 0

    async def serve(self, websocket: WebSocket) -> None:
        """One WebSocket from its handshake to its end."""
        refusal = self._refusal_of(websocket)
        if refusal is not None:
            await _deny(websocket, *refusal)
            return
        self._open += 1
        _OPEN.inc()
        try:
            await self._dial_and_carry(websocket)
        finally:
            self._open -= 1
            _OPEN.dec()

    async def _dial_and_carry(self, websocket: WebSocket) -> None:
        try:
            async with asyncio.timeout(_DIAL_S):
                reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls())
        except (OSError, TimeoutError) as error:
            _log.warning("broker_unreachable", error=str(error), host=self._host, port=self._port)
            await _deny(websocket, 503, "broker_unreachable", "The broker is away. Try again in a moment.")
            return
        try:
            await websocket.accept(SUBPROTOCOL)
            await _carry(websocket, reader, writer)
        finally:
            writer.transport.abort()

    def _refusal_of(self, websocket: WebSocket) -> tuple[int, str, str] | None:
        client_host = None if websocket.client is None else websocket.client.host
        if not is_private(websocket.url.scheme, client_host):
            return 403, "tls_required", "Use wss:// for this; over plain ws:// it is answered on this machine only."
        if SUBPROTOCOL not in websocket.scope.get("subprotocols", []):
            return 400, "no_subprotocol", "This is MQTT over WebSocket: ask for the subprotocol `mqtt`."
        if self._open >= _MAX_OPEN:
            return 503, "too_many", "Too many tunnels are open. Try again later."
        return None

    def _tls(self) -> ssl.SSLContext | None:
        if self._ca_file is None:
            return None
        return ssl.create_default_context(cafile=self._ca_file if self._ca_file.exists() else None)


async def _deny(websocket: WebSocket, status: int, reason: str, detail: str) -> None:
    _REFUSED.labels(reason).inc()
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(PlainTextResponse(detail + "\n", status))
    else:
        await websocket.close(_POLICY)


async def _carry(websocket: WebSocket, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Both directions until either side ends, breaks off, or nothing moves for long."""
    directions = [
        asyncio.create_task(_to_broker(websocket, writer)),
        asyncio.create_task(_from_broker(reader, websocket)),
    ]
    try:
        done, _ = await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for direction in directions:
            direction.cancel()
        await asyncio.gather(*directions, return_exceptions=True)
    code = _NORMAL
    for direction in done:
        error = direction.exception()
        if isinstance(error, _BrokenMqttError):
            code = error.code
            _log.info("tunnel_broken", reason=str(error))
        elif error is not None and not isinstance(error, OSError | WebSocketDisconnect):
            _log.error("tunnel_failed", error=repr(error))
    with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):  # it may be closed already
        await websocket.close(code)


async def _to_broker(websocket: WebSocket, writer: asyncio.StreamWriter) -> None:
    """Frames of any size are a stream of bytes (§6.0-3); each is passed on before the next is taken."""
    first = True
    while True:
        try:
            async with asyncio.timeout(_HANDSHAKE_S if first else _IDLE_S):
                message = await websocket.receive()
        except TimeoutError as error:
            raise _BrokenMqttError(_POLICY, "silent for too long") from error
        if message["type"] == "websocket.disconnect":
            return
        data = message.get("bytes")
        if data is None:
            raise _BrokenMqttError(_UNSUPPORTED, "text frames are no MQTT")
        if not data:
            continue
        if first and data[0] != _CONNECT:
            raise _BrokenMqttError(_POLICY, "the first packet is no CONNECT")
        first = False
        writer.write(data)
        await writer.drain()


async def _from_broker(reader: asyncio.StreamReader, websocket: WebSocket) -> None:
    while data := await reader.read(_CHUNK_BYTES):
        await websocket.send_bytes(data)
