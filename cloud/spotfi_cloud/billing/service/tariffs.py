"""What hosts are charged, from which month on."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing import repository
from spotfi_cloud.billing.repository import Tariff
from spotfi_cloud.billing.rules import Rates
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_host
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError
from spotfi_cloud.storage.versions import ANY_VERSION, Expected


async def put_tariff(
    session: AsyncSession,
    scope: Scope,
    host_id: UUID,
    valid_from: str,
    rates: Rates,
    *,
    clock: Clock,
    expected: Expected = ANY_VERSION,
) -> Tariff:
    """Charge the host these rates from the month (`YYYY-MM`) on. Invoices already issued stay as they are.

    StaleError where the tariff of that month so far is not the expected one.
    """
    host = await get_host(session, scope, host_id, lock=True)
    if expected != ANY_VERSION:
        expected.require(await get_tariff(session, scope, host_id, valid_from, clock=clock))
    return await repository.save_tariff(session, host.id, valid_from, rates, clock.now())


async def get_tariff(session: AsyncSession, scope: Scope, host_id: UUID, month: str | None, *, clock: Clock) -> Tariff:
    """The host's tariff in the month (`YYYY-MM`); where none is given, in the current one of the host's time zone."""
    host = await get_host(session, scope, host_id)
    asked = f"{clock.now().astimezone(ZoneInfo(host.timezone)):%Y-%m}" if month is None else month
    tariff = (await repository.tariffs_in_force(session, asked, host.id)).get(host.id)
    if tariff is None:
        msg = f"This host has no tariff in {asked}."
        raise NotFoundError(msg)
    return tariff
