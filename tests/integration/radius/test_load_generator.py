"""The load generator counts what really happened, so that figures made with it can be believed."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import cast

import pytest

from benchmarks.load.radius_client import Plan, run_load
from benchmarks.load.radius_workloads import DOWN_BYTES, INTERIMS, UP_BYTES, Guest, Logins, Nas, Sessions
from spotfi_cloud.radius import reply
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.passwords import check_pap

NAS = Nas("sf-load", b"s3cret")
GUESTS = [Guest(f"guest-{number}", f"password-{number}") for number in range(20)]


class Server(asyncio.DatagramProtocol):
    """Answers as `answer` says; None is silence."""

    def __init__(self) -> None:
        self.answer: Callable[[Packet], bytes | None] = lambda _: None
        self.received: list[Packet] = []
        self.port = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received.append(decode(data))
        answer = self.answer(self.received[-1])
        if answer is not None:
            self._transport.sendto(answer, addr)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    yield protocol
    transport.close()


def yes(request: Packet) -> bytes:
    return reply.accept(request, NAS.secret)


async def test_every_login_is_answered_once(server: Server) -> None:
    def judge(request: Packet) -> bytes:
        name = request.text(Attr.USER_NAME) or ""
        password = name.replace("guest", "password").encode()
        assert check_pap(request, NAS.secret, password)
        return yes(request) if name.endswith("1") else reply.reject(request, NAS.secret, "no")

    server.answer = judge
    outcome = await run_load(
        "127.0.0.1", server.port, Logins(NAS, GUESTS), Plan(window=300, requests=1000, timeout_s=20)
    )
    assert outcome.replies == {Code.ACCESS_ACCEPT: 100, Code.ACCESS_REJECT: 900}
    assert (outcome.sent, outcome.lost, outcome.stray, outcome.retried) == (1000, 0, 0, 0)
    assert len(outcome.latencies_s) == len(server.received) == 1000


async def test_silence_is_retried_and_then_counted_as_lost(server: Server) -> None:
    plan = Plan(window=5, requests=10, timeout_s=0.03, tries=3)
    outcome = await run_load("127.0.0.1", server.port, Logins(NAS, GUESTS), plan)
    assert (outcome.sent, outcome.lost, outcome.retried, outcome.replies.total()) == (10, 10, 20, 0)
    assert len(server.received) == 30


async def test_forged_replies_are_not_answers(server: Server) -> None:
    server.answer = lambda request: reply.accept(request, b"another secret")
    plan = Plan(window=2, requests=2, timeout_s=0.03, tries=1)
    outcome = await run_load("127.0.0.1", server.port, Logins(NAS, GUESTS), plan)
    assert (outcome.stray, outcome.lost, outcome.replies.total()) == (2, 2, 0)


async def test_a_rate_is_kept(server: Server) -> None:
    server.answer = yes
    outcome = await run_load("127.0.0.1", server.port, Logins(NAS, GUESTS), Plan(seconds=0.5, rate=400))
    assert 20 <= outcome.sent <= 200  # fewer on a busy machine, more never


async def test_sessions_start_report_thrice_and_stop(server: Server) -> None:
    server.answer = lambda request: reply.accounting_response(request, NAS.secret)
    await run_load("127.0.0.1", server.port, Sessions(NAS, GUESTS, 8), Plan(window=1, requests=400, timeout_s=20))
    histories: dict[str, list[int | None]] = {}
    for request in server.received:
        session = histories.setdefault(request.text(Attr.ACCT_SESSION_ID) or "", [])
        session.append(request.integer(Attr.ACCT_STATUS_TYPE))
    finished = [history for history in histories.values() if history[-1] == 2]
    assert len(finished) > 70
    assert all(history == [1, 3, 3, 3, 2] for history in finished)
    stop = next(request for request in server.received if request.integer(Attr.ACCT_STATUS_TYPE) == 2)
    assert stop.integer(Attr.ACCT_INPUT_OCTETS) == UP_BYTES * (INTERIMS + 1)
    assert stop.integer(Attr.ACCT_OUTPUT_OCTETS) == DOWN_BYTES * (INTERIMS + 1)
