"""A RADIUS role in this process, and a NAS that asks it one thing at a time."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text as sql

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request, verify_reply
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.passwords import encrypt_pap
from spotfi_cloud.radius.values import octets, text
from spotfi_cloud.storage.database import Database
from tests.integration.access.conftest import SECRET, SECRET_KEY
from tests.midday import midday_zone


async def stay_clear_of_midnight(database: Database) -> None:
    """Move the hosts to where it is noon: what a test reports by the machine's clock is all of one day and month."""
    async with database.unit_of_work() as session:
        await session.execute(sql("UPDATE hosts SET timezone = :zone"), {"zone": midday_zone()})


@asynccontextmanager
async def serving(database: Database, host: str = "127.0.0.1", **more: Any) -> AsyncIterator[RadiusServer]:
    """The role on ports of its own, stopped at the end."""
    await stay_clear_of_midnight(database)
    server = RadiusServer(
        database, SECRET_KEY, clock=SystemClock(), default_zone="UTC", host=host, auth_port=0, acct_port=0, **more
    )
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    try:
        yield server
    finally:
        stop.set()
        await asyncio.wait_for(running, 30)


def access_request(
    username: str, password: str | None, *, nas_identifier: str | None = "sf-one", more: Iterable[bytes] = ()
) -> bytes:
    """A signed Access-Request, by PAP where a password is given."""
    authenticator = os.urandom(16)
    attributes = [text(Attr.USER_NAME, username), *more]
    if password is not None:
        attributes.append(octets(Attr.USER_PASSWORD, encrypt_pap(password.encode(), authenticator, SECRET)))
    if nas_identifier:
        attributes.append(text(Attr.NAS_IDENTIFIER, nas_identifier))
    return sign_access_request(7, authenticator, SECRET, attributes)


async def ask(request: bytes, port: int, address: str = "127.0.0.1") -> Packet:
    """The reply, checked; it must come from the very address that was asked, as the socket takes no other."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    loop = asyncio.get_running_loop()
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        asking.connect(socket.getaddrinfo(address, port, family, socket.SOCK_DGRAM)[0][4])
        for _ in range(20):
            await loop.sock_sendall(asking, request)
            try:
                async with asyncio.timeout(1):
                    reply = decode(await loop.sock_recv(asking, 4096))
            except TimeoutError:
                continue
            except ConnectionRefusedError:  # it is still starting
                await asyncio.sleep(0.5)
                continue
            verify_reply(reply, decode(request).authenticator, SECRET)
            return reply
    message = f"no reply from {address}"
    raise AssertionError(message)
