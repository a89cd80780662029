"""UDP on IPv4 and IPv6, one socket for both; a reply leaves from the address that was asked."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request, verify_reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import decode
from spotfi_cloud.radius.passwords import encrypt_pap
from spotfi_cloud.radius.values import octets, text
from spotfi_cloud.storage.database import Database
from tests.integration.access.conftest import PASSWORD, SECRET, SECRET_KEY, Place

_LINK_LOCAL = "20"


@pytest.fixture
async def server(database: Database, place: Place, request: pytest.FixtureRequest) -> AsyncIterator[RadiusServer]:
    await place.add_subscriber("ada", await place.add_plan())
    server = RadiusServer(
        database,
        SECRET_KEY,
        clock=SystemClock(),
        default_zone="UTC",
        host=request.param,
        auth_port=0,
        acct_port=0,
    )
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    yield server
    stop.set()
    await asyncio.wait_for(running, 3)


def login(nas_identifier: str | None) -> bytes:
    authenticator = os.urandom(16)
    attributes = [
        text(Attr.USER_NAME, "ada"),
        octets(Attr.USER_PASSWORD, encrypt_pap(PASSWORD.encode(), authenticator, SECRET)),
    ]
    if nas_identifier:
        attributes.append(text(Attr.NAS_IDENTIFIER, nas_identifier))
    return sign_access_request(7, authenticator, SECRET, attributes)


async def ask(request: bytes, address: str, port: int) -> bytes:
    """The reply, which must come from the very address that was asked: the socket takes no other."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    loop = asyncio.get_running_loop()
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        target = socket.getaddrinfo(address, port, family, socket.SOCK_DGRAM)[0][4]
        asking.connect(target)
        for _ in range(20):
            await loop.sock_sendall(asking, request)
            try:
                async with asyncio.timeout(0.5):
                    return await loop.sock_recv(asking, 4096)
            except (TimeoutError, ConnectionRefusedError):
                continue
    pytest.fail(f"no reply from {address}")


def link_local() -> str | None:
    """A link-local address of this machine with its scope, such as fe80::1%eth0."""
    for line in Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines():
        packed, _, _, scope, _, name = line.split()
        if scope == _LINK_LOCAL:
            return f"{socket.inet_ntop(socket.AF_INET6, bytes.fromhex(packed))}%{name}"
    return None


@pytest.mark.parametrize(
    ("server", "asked"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.77"),
        ("::1", "::1"),
        ("::", "::1"),
        ("::", "127.0.0.1"),
        ("::", "127.0.0.77"),
    ],
    indirect=["server"],
)
async def test_a_reply_leaves_from_the_address_that_was_asked(server: RadiusServer, place: Place, asked: str) -> None:
    await place.add_nas("sf-one", address=None)
    request = login("sf-one")
    reply = decode(await ask(request, asked, server.auth_port))
    assert reply.code == Code.ACCESS_ACCEPT
    verify_reply(reply, decode(request).authenticator, SECRET)


@pytest.mark.parametrize("server", ["::"], indirect=True)
async def test_a_link_local_nas_is_answered_over_its_link(server: RadiusServer, place: Place) -> None:
    address = link_local()
    if address is None:
        pytest.skip("this machine has no link-local address")
    await place.add_nas("sf-one", address=None)
    assert decode(await ask(login("sf-one"), address, server.auth_port)).code == Code.ACCESS_ACCEPT


@pytest.mark.parametrize(("server", "asked"), [("::", "127.0.0.1"), ("::", "::1")], indirect=["server"])
async def test_a_nas_is_known_by_its_address_in_both_families(server: RadiusServer, place: Place, asked: str) -> None:
    await place.add_nas("sf-one", address=asked)
    assert decode(await ask(login(None), asked, server.auth_port)).code == Code.ACCESS_ACCEPT
