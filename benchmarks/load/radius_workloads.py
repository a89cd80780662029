"""What simulated hotspots ask: logins by PAP, and sessions that start, report thrice and stop."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle, islice
from typing import Protocol

from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import AcctStatusType, AcctTerminateCause, Attr, NASPortType
from spotfi_cloud.radius.authenticity import sign_access_request, sign_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.passwords import encrypt_pap

INTERIMS = 3
"""One Start : three Interim-Updates : one Stop, as in the figures for FreeRADIUS."""
INTERIM_S = 300
UP_BYTES = 200_000
DOWN_BYTES = 3_000_000
MOST_SOCKETS, _IN_STEP = 32, 19
"""A session's next request comes 5 * spacing + 1 requests later: a multiple of 32 where spacing modulo 32 is 19."""

_STATUS = [
    values.integer(Attr.ACCT_STATUS_TYPE, status)
    for status in (AcctStatusType.START, *[AcctStatusType.INTERIM_UPDATE] * INTERIMS, AcctStatusType.STOP)
]


@dataclass(frozen=True, slots=True)
class Nas:
    """Who the requests come from."""

    identifier: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Guest:
    """One who logs in."""

    username: str
    password: str


class Workload(Protocol):
    """An endless supply of requests."""

    nas: Nas

    def next_request(self, identifier: int) -> bytes:
        """The next datagram, signed for this packet identifier."""
        ...


class Logins:
    """Access-Requests by PAP, every guest in turn."""

    def __init__(self, nas: Nas, guests: Sequence[Guest]) -> None:
        self.nas = nas
        self._guests = cycle((guest.password.encode(), _who(nas, guest, number)) for number, guest in enumerate(guests))

    def next_request(self, identifier: int) -> bytes:
        password, who = next(self._guests)
        authenticator = os.urandom(16)
        hidden = values.octets(Attr.USER_PASSWORD, encrypt_pap(password, authenticator, self.nas.secret))
        return sign_access_request(identifier, authenticator, self.nas.secret, (who, hidden))


class Sessions:
    """Accounting of about `concurrent` sessions at a time, their steps interleaved as they are in an evening's traffic.

    A session's counters are the same in every run: after its Stop `UP_BYTES` and `DOWN_BYTES` per step, INTERIMS + 1 steps. The
    first `ramp` requests only fill the place with sessions; from there on it is 1 Start : 3 Interim : 1 Stop throughout.
    Sent in turn over 2, 4, 8, 16 or 32 sockets, all of a session's requests come from one of them, as from its NAS.
    """

    def __init__(self, nas: Nas, guests: Sequence[Guest], concurrent: int) -> None:
        self.nas = nas
        self._who = [_who(nas, guest, number) for number, guest in enumerate(guests)]
        self._run = os.urandom(4).hex()
        self._spacing = max(1, concurrent // (INTERIMS + 1))
        if self._spacing > MOST_SOCKETS:
            self._spacing += _IN_STEP - self._spacing % MOST_SOCKETS
        self.ramp = self._spacing * sum(range(1, INTERIMS + 2))
        self._requests = self._interleaved()

    def next_request(self, identifier: int) -> bytes:
        return sign_request(
            Code.ACCOUNTING_REQUEST, identifier, self.nas.secret, self._attributes(*next(self._requests))
        )

    def go_to(self, position: int) -> None:
        """Go on with the request of this number, counted from the first one of all."""
        self._requests = islice(self._interleaved(), position, None)

    def _interleaved(self) -> Iterator[tuple[int, int]]:
        """(session, step). Whenever session n starts, n - spacing is at its first Interim, n - 2 * spacing at its second…"""
        for newest in count():
            for step in range(INTERIMS + 2):
                if (number := newest - step * self._spacing) >= 0:
                    yield number, step

    def _attributes(self, number: int, step: int) -> list[bytes]:
        session_id = values.text(Attr.ACCT_SESSION_ID, f"{self._run}{number:08x}")
        attributes = [_STATUS[step], session_id, self._who[number % len(self._who)]]
        if step:
            attributes.append(values.integer(Attr.ACCT_SESSION_TIME, step * INTERIM_S))
            attributes.append(_counter(Attr.ACCT_INPUT_OCTETS, Attr.ACCT_INPUT_GIGAWORDS, step * UP_BYTES))
            attributes.append(_counter(Attr.ACCT_OUTPUT_OCTETS, Attr.ACCT_OUTPUT_GIGAWORDS, step * DOWN_BYTES))
        if step > INTERIMS:
            attributes.append(values.integer(Attr.ACCT_TERMINATE_CAUSE, AcctTerminateCause.USER_REQUEST))
        return attributes


def _counter(low: int, gigawords: int, count_bytes: int) -> bytes:
    return values.integer(low, count_bytes & 0xFFFFFFFF) + values.integer(gigawords, count_bytes >> 32)


def _who(nas: Nas, guest: Guest, number: int) -> bytes:
    mac = f"02-00-{number >> 24 & 255:02X}-{number >> 16 & 255:02X}-{number >> 8 & 255:02X}-{number & 255:02X}"
    return b"".join(
        (
            values.text(Attr.USER_NAME, guest.username),
            values.text(Attr.NAS_IDENTIFIER, nas.identifier),
            values.text(Attr.CALLING_STATION_ID, mac),
            values.text(Attr.CALLED_STATION_ID, "02-FF-00-00-00-01"),
            values.octets(Attr.FRAMED_IP_ADDRESS, (0x0A000000 + number % 0xFFFFFF).to_bytes(4, "big")),
            values.integer(Attr.NAS_PORT_TYPE, NASPortType.WIRELESS_802_11),
        )
    )
