"""What holds for hosts, from which day on."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import months, tariffs
from spotfi_cloud.billing.repository.tariffs import Tariff
from spotfi_cloud.billing.rules import Terms
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_host
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError
from spotfi_cloud.storage.versions import ANY_VERSION, Expected


async def put_tariff(
    session: AsyncSession,
    scope: Scope,
    host_id: UUID,
    valid_from: date,
    terms: Terms,
    *,
    clock: Clock,
    expected: Expected = ANY_VERSION,
) -> Tariff:
    """Let the terms hold for the host from the day on. Documents already issued stay as they are.

    StaleError where the tariff of that day so far is not the expected one.
    """
    host = await get_host(session, scope, host_id, lock=True)
    if expected != ANY_VERSION:
        expected.require(await get_tariff(session, scope, host_id, valid_from, clock=clock))
    return await tariffs.save_tariff(session, host.id, valid_from, terms, clock.now())


async def list_tariffs(session: AsyncSession, scope: Scope, host_id: UUID) -> Sequence[Tariff]:
    """The host's tariffs, the newest first."""
    host = await get_host(session, scope, host_id)
    return (await tariffs.tariffs_of(session, [host.id]))[host.id][::-1]


async def get_tariff(session: AsyncSession, scope: Scope, host_id: UUID, on: date | None, *, clock: Clock) -> Tariff:
    """The tariff that holds on a day; where none is given, today by the host's clock."""
    host = await get_host(session, scope, host_id)
    day = clock.now().astimezone(ZoneInfo(host.timezone)).date() if on is None else on
    held = [each for each in (await tariffs.tariffs_of(session, [host.id]))[host.id] if each.valid_from <= day]
    if not held:
        msg = f"This host has no tariff on {day}."
        raise NotFoundError(msg)
    return held[-1]


async def delete_tariff(session: AsyncSession, scope: Scope, host_id: UUID, valid_from: date) -> None:
    """Take a tariff back that no billed month used. ConflictError where one did."""
    host = await get_host(session, scope, host_id)
    tariff = await tariffs.find_tariff(session, host.id, valid_from)
    if tariff is None:
        msg = f"This host has no tariff that begins on {valid_from}."
        raise NotFoundError(msg)
    billed = (await months.months_of(session, [host.id]))[host.id]
    if any(f"{valid_from:%Y-%m}" <= month.period for month in billed):
        msg = "A billed month used this tariff. Set another one from a later day on."
        raise ConflictError(msg)
    await tariffs.delete_tariff(session, tariff)
