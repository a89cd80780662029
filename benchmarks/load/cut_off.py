"""From the accounting packet that passes the quota to the Disconnect-Request on the wire, under load.

Among the load's sessions are those of guests whose quota one Interim-Update passes; a socket beside them is the NAS that is
asked to end them, and says that it does.
"""

import socket
from time import perf_counter
from types import TracebackType
from typing import Self
from uuid import UUID

import psycopg

from benchmarks.load.blast import Blast, Target, identifiers
from benchmarks.load.measured import Subject
from benchmarks.load.radius_workloads import Guest, Nas, Sessions
from benchmarks.peers.spotfi_radius import add_plan, add_subscribers
from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import AcctStatusType, Attr
from spotfi_cloud.radius.authenticity import sign_reply, sign_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import MAX_BYTES, decode

_GUESTS = 200
_SECONDS = 20.0
"""Their Starts in the first half; in the second, twenty of them a second pass their quotas."""
_QUOTA_BYTES = 1_000_000
_WINDOW = 256
_LAST_WORDS_S = 2.0


class CutOff:
    """The guests with a small quota, and the socket their NAS is told to end them on."""

    def __init__(self, nas: Nas) -> None:
        self._nas = nas
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port: int = self.socket.getsockname()[1]
        self.asked_at: dict[str, float] = {}
        """By Acct-Session-Id."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def fill(self, connection: psycopg.Connection, ids: dict[str, UUID]) -> None:
        plan_id = add_plan(connection, quota_bytes=_QUOTA_BYTES)
        add_subscribers(connection, {**ids, "plan": plan_id}, (Guest(_name(number), "x") for number in range(_GUESTS)))

    def receive(self) -> None:
        """Take one Disconnect-Request, and acknowledge it."""
        datagram, sender = self.socket.recvfrom(MAX_BYTES)
        request = decode(datagram)
        self.asked_at.setdefault(request.text(Attr.ACCT_SESSION_ID) or "", perf_counter())
        self.socket.sendto(sign_reply(Code.DISCONNECT_ACK, request, self._nas.secret), sender)


def measure_cut_off(subject: Subject, cut_off: CutOff, rate: float) -> dict[str, float]:
    """Milliseconds, at this many accounting requests per second. RuntimeError where a guest is not cut off."""
    packets, passing = _packets(subject, int(rate * _SECONDS))
    passed_at: dict[str, float] = {}

    def sent(number: int, at: float) -> None:
        if number in passing:
            passed_at[passing[number]] = at

    target = Target(("127.0.0.1", subject.ports["acct"]), subject.nas.secret, _WINDOW, _SECONDS * 1.5, rate)
    result = Blast(target, packets, sent).run(cut_off.socket, cut_off.receive)
    _hear_out(cut_off, len(passing))
    missing = set(passing.values()) - set(cut_off.asked_at)
    if missing or result.lost:
        raise RuntimeError(f"{result.lost} requests were lost, and {len(missing)} of {len(passing)} guests not cut off")
    waits = sorted((cut_off.asked_at[session] - at) * 1000 for session, at in passed_at.items())
    p50, p99 = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    print(f"\ncut off at {result.per_s:.0f} requests/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {waits[-1]:.1f} ms")
    return {"cut_off_p50_ms": p50, "cut_off_p99_ms": p99}


def _hear_out(cut_off: CutOff, count: int) -> None:
    cut_off.socket.settimeout(_LAST_WORDS_S)
    while len(cut_off.asked_at) < count:
        try:
            cut_off.receive()
        except TimeoutError:
            return


def _packets(subject: Subject, count: int) -> tuple[list[bytes], dict[int, str]]:
    """Load with one small guest's packet in every so many: first their Starts, then what passes their quotas."""
    load = Sessions(subject.nas, subject.guests, subject.sessions)
    every = count // (2 * _GUESTS)
    packets, passing = [], {}
    for number, identifier in zip(range(count), identifiers(_WINDOW), strict=False):
        guest, is_load = divmod(number, every)
        if is_load or guest >= 2 * _GUESTS:
            packets.append(load.next_request(identifier))
            continue
        if guest >= _GUESTS:
            passing[number] = f"small-{guest - _GUESTS}"
        packets.append(_update(subject.nas, identifier, guest))
    return packets, passing


def _update(nas: Nas, identifier: int, number: int) -> bytes:
    """The Start of each small guest, and from there on the Interim-Update that passes the quota."""
    status = AcctStatusType.START if number < _GUESTS else AcctStatusType.INTERIM_UPDATE
    attributes = [
        values.integer(Attr.ACCT_STATUS_TYPE, status),
        values.text(Attr.ACCT_SESSION_ID, f"small-{number % _GUESTS}"),
        values.text(Attr.USER_NAME, _name(number % _GUESTS)),
        values.text(Attr.NAS_IDENTIFIER, nas.identifier),
        values.integer(Attr.ACCT_SESSION_TIME, number // _GUESTS * 300),
        values.integer(Attr.ACCT_INPUT_OCTETS, number // _GUESTS * 2 * _QUOTA_BYTES),
    ]
    return sign_request(Code.ACCOUNTING_REQUEST, identifier, nas.secret, attributes)


def _name(number: int) -> str:
    return f"small-{number:04}"
