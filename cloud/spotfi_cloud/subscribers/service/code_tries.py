"""Codes and passwords that somebody types on a page: looked up, and wrong ones counted per device and per router.

The caller commits also when the code was wrong, or the count is lost.
"""

import hashlib
import math
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import TooManyError
from spotfi_cloud.subscribers.guessing import FORGOTTEN_AFTER, after_wrong, device_wait, router_wait
from spotfi_cloud.subscribers.repository import code_tries as repository
from spotfi_cloud.subscribers.repository.accounts import Subscriber
from spotfi_cloud.subscribers.service.vouchers import find_voucher

__all__ = ["TooManyCodesError", "forget_old_tries", "try_code", "try_secret"]
_Found = TypeVar("_Found")


class TooManyCodesError(TooManyError):
    """Too many wrong voucher codes were tried; later another try is taken."""

    code = "too_many_codes"


async def try_code(
    session: AsyncSession, router_id: UUID, device: str, typed: str, *, clock: Clock
) -> Subscriber | None:
    """The voucher whose code was typed on a device of a router; None, and counted, where there is none.

    `device`: its MAC address as the router tells it. TooManyCodesError while the device, or everybody on the router, has to
    wait.
    """
    return await try_secret(session, router_id, device, partial(find_voucher, session, typed), clock=clock)


async def try_secret(
    session: AsyncSession, router_id: UUID, device: str, look: Callable[[], Awaitable[_Found | None]], *, clock: Clock
) -> _Found | None:
    """What `look` finds by the secret somebody typed; None, and counted, where that is nothing. Errors as `try_code`.

    A device tries one secret at a time. Devices of a router look side by side, for a password's hash takes a while: as many as
    look at once may do so beyond what the router's guests have left, no more.
    """
    device_key, router_key = _key(router_id, device), _key(router_id)
    await repository.lock(session, device_key)
    now = clock.now()
    of_device, of_router = await repository.find(session, device_key), await repository.find(session, router_key)
    wait = max(device_wait(of_device, now), router_wait(of_router, now))
    if wait:
        wait_s = math.ceil(wait.total_seconds())
        msg = f"Too many wrong codes were tried. Wait {wait_s} seconds, then type yours again."
        raise TooManyCodesError(msg, retry_after_s=wait_s)
    found = await look()
    if found is not None:
        await repository.forget(session, device_key)
        return found
    await repository.save(session, device_key, after_wrong(of_device, now))
    await repository.lock(session, router_key)
    await repository.save(session, router_key, after_wrong(await repository.find(session, router_key), now))
    return None


async def forget_old_tries(session: AsyncSession, *, clock: Clock) -> None:
    """Delete counts nobody needs any more."""
    await repository.delete_before(session, clock.now() - FORGOTTEN_AFTER)


def _key(router_id: UUID, device: str = "") -> bytes:
    """A hash, so that the table names neither routers nor devices."""
    return hashlib.sha256(f"voucher code\0{router_id}\0{device.lower()}".encode()).digest()
