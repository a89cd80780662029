"""How far beyond its quota a guest gets: the traffic is simulated, what cuts it off is the product.

Devices send as fast as they can, each reporting every so many seconds of a clock that exists only in the packets' session
times; their reports are spread over the interval. Each is sent to the real `radius`, in order; the report that passes the
quota is followed until the Disconnect-Requests of all devices are on the wire, and the time that takes counts as traffic, too.
The NAS is one that knows no volume limit: one that does (uspot, CoovaChilli, RouterOS) ends a device by itself.
"""

import random
import socket
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

import psycopg

from benchmarks.load.cut_off import CutOff
from benchmarks.load.radius_workloads import Guest, Nas
from benchmarks.peers.spotfi_radius import add_plan, add_subscribers
from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import AcctStatusType, Attr
from spotfi_cloud.radius.authenticity import sign_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import MAX_BYTES

_BYTES_PER_S = 50_000_000 // 8
_QUOTA_INTERVALS = (2, 6)
"""Quotas that last for so many intervals, at random in between."""
_ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class Case:
    """So many devices of one guest, reporting every so many seconds."""

    devices: int
    interim_s: int


@dataclass(frozen=True, slots=True)
class Overshoot:
    """Bytes beyond the quota when the last device was told to stop; and how long that took after the passing report."""

    bytes: int
    cut_off_s: float


class Clockwork:
    """The NAS of simulated devices."""

    def __init__(self, nas: Nas, acct_port: int, cut_off: CutOff) -> None:
        self._nas = nas
        self._cut_off = cut_off
        self._asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._asking.connect(("127.0.0.1", acct_port))
        self._asking.settimeout(_ANSWER_S)
        self._identifier = 0

    def close(self) -> None:
        self._asking.close()

    def run(self, case: Case, username: str, quota_bytes: int, chance: random.Random) -> Overshoot:
        """One guest, from the first report to the last Disconnect-Request. RuntimeError where any comes too early, or none."""
        names = [f"{username}-{number}" for number in range(case.devices)]
        first_at = sorted(chance.uniform(0, case.interim_s) for _ in names)
        for name in names:
            self._report(AcctStatusType.START, username, name, 0)
        reported = dict.fromkeys(names, 0)
        turn, at_s, passed_at = 0, 0.0, perf_counter()
        while sum(reported.values()) < quota_bytes:
            if self._told(names, wait=False):
                msg = f"{username} was cut off with quota left"
                raise RuntimeError(msg)
            # Everybody's session begins at 0; device n reports first at its own moment, then every interval.
            interval, number = divmod(turn, case.devices)
            at_s = first_at[number] + interval * case.interim_s
            reported[names[number]] = int(at_s * _BYTES_PER_S)
            passed_at = perf_counter()
            self._report(AcctStatusType.INTERIM_UPDATE, username, names[number], at_s)
            turn += 1
        if not self._told(names, wait=True):
            msg = f"{username} was not cut off"
            raise RuntimeError(msg)
        cut_off_s = max(self._cut_off.asked_at[name] for name in names) - passed_at
        for name in names:
            self._report(AcctStatusType.STOP, username, name, at_s + cut_off_s)
        flowed = int((at_s + cut_off_s) * _BYTES_PER_S) * case.devices
        return Overshoot(flowed - quota_bytes, cut_off_s)

    def _report(self, status: AcctStatusType, username: str, session: str, at_s: float) -> None:
        self._identifier = (self._identifier + 1) % 256
        counted = int(at_s * _BYTES_PER_S)
        attributes = [
            values.integer(Attr.ACCT_STATUS_TYPE, status),
            values.text(Attr.ACCT_SESSION_ID, session),
            values.text(Attr.USER_NAME, username),
            values.text(Attr.NAS_IDENTIFIER, self._nas.identifier),
            values.integer(Attr.ACCT_SESSION_TIME, int(at_s)),
            values.integer(Attr.ACCT_INPUT_OCTETS, 0),
            values.integer(Attr.ACCT_OUTPUT_OCTETS, counted & 0xFFFFFFFF),
            values.integer(Attr.ACCT_OUTPUT_GIGAWORDS, counted >> 32),
        ]
        self._asking.send(sign_request(Code.ACCOUNTING_REQUEST, self._identifier, self._nas.secret, attributes))
        self._asking.recv(MAX_BYTES)

    def _told(self, names: list[str], *, wait: bool) -> bool:
        """Whether all (not waiting: any) of the devices were told to stop."""
        self._cut_off.socket.settimeout(_ANSWER_S if wait else 0)
        while not all(name in self._cut_off.asked_at for name in names):
            try:
                self._cut_off.receive()
            except (TimeoutError, BlockingIOError):
                break
        found = [name in self._cut_off.asked_at for name in names]
        return all(found) if wait else any(found)


def measure_overshoot(
    clockwork: Clockwork, connection: psycopg.Connection, ids: dict[str, UUID], case: Case, trials: int
) -> list[Overshoot]:
    """As many guests with quotas of their own, one after the other."""
    chance = random.Random(f"{case.devices}/{case.interim_s}")
    found = []
    for trial in range(trials):
        per_interval = case.devices * case.interim_s * _BYTES_PER_S
        quota_bytes = int(per_interval * chance.uniform(*_QUOTA_INTERVALS))
        username = f"fast-{case.devices}-{case.interim_s}-{trial}"
        plan_id = add_plan(connection, quota_bytes=quota_bytes)
        add_subscribers(connection, {**ids, "plan": plan_id}, [Guest(username, "x")])
        connection.commit()
        found.append(clockwork.run(case, username, quota_bytes, chance))
    return found
