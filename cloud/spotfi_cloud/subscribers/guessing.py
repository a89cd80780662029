"""How many wrong codes of vouchers are taken from a device, and from all the devices of a router. Pure.

Guests of a venue share one address on the internet, so addresses do not count: the device does, on its router. A device may
change its own address as often as it likes, so there is a limit for the router as well: it slows everybody there down to one
wrong code every two seconds, and right codes are never counted; nobody is locked out by it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_FREE_TRIES = 5
_LONGEST_WAIT_S = 900
_COST = timedelta(seconds=2)
_RESERVE = timedelta(seconds=240)
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong codes of one device or one router. `full_until`: when all of them are worked off, each taking its time."""

    failures: int
    full_until: datetime
    updated_at: datetime


def device_wait(tries: Tries | None, now: datetime) -> timedelta:
    """How long a device has to wait for its next try: nothing for five wrong codes, then twice as long each time, up to 15
    minutes. Zero where it may try."""
    if tries is None or tries.updated_at <= now - FORGOTTEN_AFTER:
        return timedelta(0)
    beyond = tries.failures - _FREE_TRIES
    wait_s = 0 if beyond < 0 else min(_LONGEST_WAIT_S, 2 ** min(beyond + 1, 30))
    return max(timedelta(0), tries.updated_at + timedelta(seconds=wait_s) - now)


def router_wait(tries: Tries | None, now: datetime) -> timedelta:
    """How long everybody on a router has to wait: nothing for 120 wrong codes at once, then two seconds for each."""
    return timedelta(0) if tries is None else max(timedelta(0), tries.full_until - now - _RESERVE)


def after_wrong(tries: Tries | None, now: datetime) -> Tries:
    """One more wrong code. What lies an hour back is forgotten."""
    fresh = tries is None or tries.updated_at <= now - FORGOTTEN_AFTER
    failures = 1 if fresh or tries is None else tries.failures + 1
    full_until = max(now, tries.full_until) if tries is not None else now
    return Tries(failures, full_until + _COST, now)
