"""The brake on guessing: each failure makes the next try from the same client wait longer.

Counted per client address, and per account from one client address. Whoever guesses from elsewhere cannot lock the owner of an
account out: there is no count per account alone.
"""

import hashlib
import ipaddress
import math
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.repository import delays
from spotfi_cloud.identity.rules import ADDRESS_PATIENCE, LOGIN_PATIENCE, Patience
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import TooManyError

_FORGOTTEN_AFTER = timedelta(hours=1)
_IPV6_SUBSCRIBER_BITS = 64


class TooManySignInsError(TooManyError):
    """This client failed to sign in too often; later it may try again."""

    code = "too_many_sign_ins"


class Brake:
    """The counts one try of a login touches: of its client address, and of the login from that address."""

    def __init__(self, login: str, address: str) -> None:
        client = _client_of(address)
        self._address_key = _key("address", client)
        self._login_key = _key("login", client, login)

    async def check(self, session: AsyncSession, *, clock: Clock) -> None:
        """TooManySignInsError while the client has to wait, and where it tries twice at once."""
        if not await delays.try_alone(session, self._login_key):
            msg = "Another sign-in with this name is under way from your address."
            raise TooManySignInsError(msg, retry_after_s=1)
        retry_at = await delays.latest_retry_at(session, (self._address_key, self._login_key))
        if retry_at is not None and retry_at > clock.now():
            wait_s = math.ceil((retry_at - clock.now()).total_seconds())
            msg = f"Too many failed sign-ins from your address. Wait {wait_s} seconds, then try again."
            raise TooManySignInsError(msg, retry_after_s=wait_s)

    async def note_failure(self, session: AsyncSession, *, clock: Clock) -> None:
        """Count a failure; to be kept although the request fails."""
        for key, patience in ((self._login_key, LOGIN_PATIENCE), (self._address_key, ADDRESS_PATIENCE)):
            await _count(session, key, patience, clock=clock)

    async def note_success(self, session: AsyncSession) -> None:
        """Forget the failures of this login from this address."""
        await delays.forget(session, self._login_key)


async def _count(session: AsyncSession, key: bytes, patience: Patience, *, clock: Clock) -> None:
    now = clock.now()
    failures = 1 + await delays.failures_of(session, key, now - _FORGOTTEN_AFTER)
    await delays.save(session, key, failures, now, now + timedelta(seconds=patience.delay_s(failures)))


async def forget_old_delays(session: AsyncSession, *, clock: Clock) -> int:
    """Delete counts nobody needs any more; how many."""
    return await delays.delete_old(session, clock.now() - _FORGOTTEN_AFTER)


def _client_of(address: str) -> str:
    """The address, or for IPv6 the network one customer is given: its owner has 2^64 addresses to try from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_SUBSCRIBER_BITS), strict=False))


def _key(*parts: str) -> bytes:
    """A hash, so that the table names neither people nor where they were."""
    return hashlib.sha256("\0".join(parts).encode()).digest()
