"""Sending webhooks: one POST over HTTP/1.1 (RFC 9112), to an address that was checked, no redirect followed.

The name is resolved here, what it stands for is checked, and the connection goes to that very address: a name that changes what
it stands for in between (DNS rebinding) leads nowhere else. TLS still proves the name.
"""

import asyncio
import ssl
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

import h11

from spotfi_cloud.alerts.service.sending import Post, WebhookError
from spotfi_cloud.alerts.targets import TargetRefusedError, check_url, is_public

_TIMEOUT_S = 15.0
_PIECE_BYTES = 8192
_MAX_HEAD_BYTES = 65_536
_ADDRESSES_TRIED = 3


def webhook_poster(*, allow_private: bool) -> Post:
    """Sends to the public internet by https, or anywhere where `allow_private`."""
    tls = ssl.create_default_context()

    async def post(url: str, body: bytes, headers: dict[str, str]) -> str:
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                return await _post(url, body, headers, tls, allow_private=allow_private)
        except TimeoutError as error:
            msg = f"no answer within {_TIMEOUT_S:.0f} seconds"
            raise WebhookError(msg) from error
        except TargetRefusedError as error:
            raise WebhookError(error.message) from error
        except (OSError, h11.RemoteProtocolError, UnicodeError) as error:
            msg = f"{type(error).__name__}: {error}"
            raise WebhookError(msg) from error

    return post


async def _post(url: str, body: bytes, headers: dict[str, str], tls: ssl.SSLContext, *, allow_private: bool) -> str:
    parts = urlsplit(check_url(url, allow_private=allow_private))
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = await _resolve(host, port, allow_private=allow_private)
    reader, writer = await _connect(addresses, port, host, tls if parts.scheme == "https" else None)
    try:
        status = await _exchange(reader, writer, parts, body, headers)
    finally:
        writer.close()
    answer = f"HTTP {status}"
    if not 200 <= status < 300:
        raise WebhookError(answer)
    return answer


async def _resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    allowed = [address for address in addresses if allow_private or is_public(address)]
    if not allowed:
        msg = f"{host} is not on the public internet; webhooks go nowhere else."
        raise TargetRefusedError(msg)
    return allowed[:_ADDRESSES_TRIED]


async def _connect(
    addresses: Sequence[str], port: int, host: str, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To the first address that answers."""
    for address in addresses[:-1]:
        try:
            return await _open(address, port, host, tls)
        except OSError:
            continue
    return await _open(addresses[-1], port, host, tls)


async def _open(
    address: str, port: int, host: str, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(address, port, ssl=tls, server_hostname=host if tls else None)


async def _exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    parts: SplitResult,
    body: bytes,
    headers: dict[str, str],
) -> int:
    """The status of the answer; its body is not read."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    common = {
        "Host": parts.netloc,
        "User-Agent": "SpotFi",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    request = h11.Request(method="POST", target=target, headers=list((common | headers).items()))
    for part in (request, h11.Data(data=body), h11.EndOfMessage()):
        writer.write(connection.send(part) or b"")
    await writer.drain()
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Response):
            return event.status_code
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_PIECE_BYTES))
        elif not isinstance(event, h11.InformationalResponse):
            msg = "the connection was closed before an answer"
            raise WebhookError(msg)
