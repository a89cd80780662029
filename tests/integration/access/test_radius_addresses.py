"""UDP on IPv4 and IPv6, one socket for both; a reply leaves from the address that was asked."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.storage.database import Database
from tests.integration.access.asking import access_request, ask, serving
from tests.integration.access.conftest import PASSWORD, Place

_LINK_LOCAL = "20"


@pytest.fixture
async def server(database: Database, place: Place, request: pytest.FixtureRequest) -> AsyncIterator[RadiusServer]:
    await place.add_subscriber("ada", await place.add_plan())
    async with serving(database, request.param) as server:
        yield server


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
    assert (await ask(access_request("ada", PASSWORD), server.auth_port, asked)).code == Code.ACCESS_ACCEPT


@pytest.mark.parametrize("server", ["::"], indirect=True)
async def test_a_link_local_nas_is_answered_over_its_link(server: RadiusServer, place: Place) -> None:
    address = link_local()
    if address is None:
        pytest.skip("this machine has no link-local address")
    await place.add_nas("sf-one", address=None)
    assert (await ask(access_request("ada", PASSWORD), server.auth_port, address)).code == Code.ACCESS_ACCEPT


@pytest.mark.parametrize(("server", "asked"), [("::", "127.0.0.1"), ("::", "::1")], indirect=["server"])
async def test_a_nas_is_known_by_its_address_in_both_families(server: RadiusServer, place: Place, asked: str) -> None:
    await place.add_nas("sf-one", address=asked)
    request = access_request("ada", PASSWORD, nas_identifier=None)
    assert (await ask(request, server.auth_port, asked)).code == Code.ACCESS_ACCEPT
