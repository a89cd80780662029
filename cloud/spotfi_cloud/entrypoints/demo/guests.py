"""The demonstration's guests: they log in somewhere, use data, move on, and are cut off when their quota is used up."""

import asyncio
import random
from dataclasses import dataclass

from spotfi_cloud.entrypoints.demo.fleet import DemoRouter
from spotfi_cloud.entrypoints.demo.inventory import GUEST_PASSWORD
from spotfi_cloud.entrypoints.demo.portal import Portal, Stay, Usage
from spotfi_cloud.radius.attributes import AcctStatusType, AcctTerminateCause

_INTERIM_S = 10
_SHORTEST_STAY_S, _LONGEST_STAY_S = 60, 900
_SHORTEST_BREAK_S, _LONGEST_BREAK_S = 5, 40
_REFUSED_BREAK_S = 90
_MEAN_DOWN_BYTES_PER_S = 150_000
_MEAN_UP_BYTES_PER_S = 20_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to log in: the router and its captive portal."""

    router: DemoRouter
    portal: Portal


class Guest:
    """One guest with one device. `chance` decides everything they do."""

    def __init__(self, username: str, number: int, spots: list[Spot], chance: random.Random) -> None:
        self._username = username
        self._mac = f"02-DE-40-00-00-{number:02X}"
        self._spots = spots
        self._chance = chance

    async def live(self) -> None:
        """Come and go for ever."""
        await asyncio.sleep(self._chance.uniform(0, _LONGEST_BREAK_S / 2))
        while True:
            spot = self._chance.choice(self._spots)
            if await spot.portal.log_in(self._username, GUEST_PASSWORD, self._mac):
                await self._surf(spot)
                await asyncio.sleep(self._chance.uniform(_SHORTEST_BREAK_S, _LONGEST_BREAK_S))
            else:
                await asyncio.sleep(self._chance.uniform(_REFUSED_BREAK_S / 2, _REFUSED_BREAK_S))

    async def _surf(self, spot: Spot) -> None:
        stay = Stay(self._username, self._mac, f"{self._chance.getrandbits(64):016x}")
        usage, leave_after_s = Usage(), self._chance.uniform(_SHORTEST_STAY_S, _LONGEST_STAY_S)
        await spot.portal.account(AcctStatusType.START, stay, usage)
        cause = AcctTerminateCause.USER_REQUEST
        while usage.session_time_s < leave_after_s:
            await asyncio.sleep(1)
            usage = self._more(usage)
            if spot.router.was_kicked(stay.acct_session_id):
                cause = AcctTerminateCause.ADMIN_RESET
                break
            if usage.session_time_s % _INTERIM_S == 0:
                await spot.portal.account(AcctStatusType.INTERIM_UPDATE, stay, usage)
        await spot.portal.account(AcctStatusType.STOP, stay, usage, cause)

    def _more(self, usage: Usage) -> Usage:
        return Usage(
            usage.up_bytes + int(self._chance.expovariate(1 / _MEAN_UP_BYTES_PER_S)),
            usage.down_bytes + int(self._chance.expovariate(1 / _MEAN_DOWN_BYTES_PER_S)),
            usage.session_time_s + 1,
        )
