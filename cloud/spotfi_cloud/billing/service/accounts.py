"""Accounts and reports: what a host owed when, what is owed now and since when, what a month came to."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import accounts, invoices, letters
from spotfi_cloud.billing.repository.accounts import MonthOfHost, Receivable
from spotfi_cloud.billing.repository.letters import Overdue
from spotfi_cloud.billing.rules import Account, account_of
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_host
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError

_MOST_NAMED = 5


async def get_account(
    session: AsyncSession,
    scope: Scope,
    host_id: UUID,
    *,
    first: date | None,
    last: date | None,
    currency: str | None,
    clock: Clock,
) -> tuple[str, Account]:
    """(currency, account) of a host; None: from the beginning, until today by its clock, in its currency."""
    host = await get_host(session, scope, host_id)
    last = last or clock.now().astimezone(ZoneInfo(host.timezone)).date()
    currency = currency or host.currency
    entries = await accounts.entries_of(session, host.id, currency, host.timezone)
    return currency, account_of(entries, first, last)


async def list_receivables(session: AsyncSession, scope: Scope, *, clock: Clock) -> Sequence[Receivable]:
    """What hosts owe, a row for each host and currency, who owes longest first."""
    return await accounts.receivables(session, scope, clock.now())


async def list_overdue(session: AsyncSession, now: datetime) -> list[Overdue]:
    """Every host's invoices that are overdue at an instant, the oldest first."""
    return await letters.overdue_invoices(session, now)


async def is_billed(session: AsyncSession, host_id: UUID) -> bool:
    """Whether the host has documents that are issued and not void."""
    return bool(await invoices.latest_documents(session, host_id))


async def require_settled(session: AsyncSession, host_id: UUID) -> None:
    """ConflictError where anything between the host and the ISP is still to be paid."""
    found = await accounts.open_documents(session, host_id)
    if found:
        named = ", ".join(found[:_MOST_NAMED]) + (", …" if len(found) > _MOST_NAMED else "")
        msg = f"This host has documents that are not settled ({named}): have them paid, credited or voided first."
        raise ConflictError(msg)


async def report_month(session: AsyncSession, scope: Scope, period: str) -> Sequence[MonthOfHost]:
    """What the issued documents of a month (`YYYY-MM`) come to, a row for each host and kind of document."""
    return await accounts.months_of_hosts(session, scope, period)
