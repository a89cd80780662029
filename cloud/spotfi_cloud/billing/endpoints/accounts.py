"""Accounts and reports over HTTP; `format=csv` makes each a file."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from spotfi_cloud.billing import service
from spotfi_cloud.billing.rules import EntryKind
from spotfi_cloud.billing.schemas.accounts import (
    AccountEntryOut,
    AccountOut,
    BillingReport,
    MonthOfHostOut,
    MonthTotalOut,
    ReceivableOut,
)
from spotfi_cloud.billing.schemas.tariffs import Month
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.storage.pages import Page
from spotfi_cloud.storage.request import RequestSession

router = APIRouter()
_SUMMED = tuple(name for name in MonthTotalOut.model_fields if name not in {"kind", "currency"})


@router.get("/hosts/{host_id}/account")
async def get_account(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    host_id: UUID,
    first: Annotated[date | None, Query(alias="from", description="First day; the beginning where left out.")] = None,
    last: Annotated[date | None, Query(alias="to", description="Last day; today where left out.")] = None,
    currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$", description="The host's where left out.")] = None,
) -> AccountOut:
    """A host's statement of account: documents and payments with the balance after each."""
    currency, account = await service.get_account(
        session, scope, host_id, first=first, last=last, currency=currency, clock=request.app.state.clock
    )
    entries = [AccountEntryOut(**entry._asdict(), balance_minor=balance) for entry, balance in account.entries]
    if first is not None:
        opening = {"on": first, "kind": EntryKind.OPENING, "reference": "", "subject_id": None, "amount_minor": 0}
        entries.insert(0, AccountEntryOut.model_validate({**opening, "balance_minor": account.opening_minor}))
    return AccountOut(
        items=entries,
        next=None,
        prev=None,
        currency=currency,
        opening_minor=account.opening_minor,
        closing_minor=account.closing_minor,
    )


@router.get("/reports/receivables")
async def list_receivables(request: Request, session: RequestSession, scope: RequestScope) -> Page[ReceivableOut]:
    """Who owes what since when, by issued invoices; who owes longest first."""
    found = await service.list_receivables(session, scope, clock=request.app.state.clock)
    return Page(items=[ReceivableOut.model_validate(each) for each in found], next=None, prev=None)


@router.get("/reports/billing")
async def report_month(
    session: RequestSession, scope: RequestScope, period: Annotated[Month, Query(description="The month.")]
) -> BillingReport:
    """A month's issued documents by host: usage, sales, what is invoiced, paid and open, and the sums of it."""
    rows = [MonthOfHostOut.model_validate(each) for each in await service.report_month(session, scope, period)]
    return BillingReport(items=rows, next=None, prev=None, totals=_totals(rows))


def _totals(rows: Sequence[MonthOfHostOut]) -> list[MonthTotalOut]:
    keys = sorted({(row.kind, row.currency) for row in rows})
    return [_total([row for row in rows if (row.kind, row.currency) == key]) for key in keys]


def _total(rows: Sequence[MonthOfHostOut]) -> MonthTotalOut:
    sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMMED}
    return MonthTotalOut(kind=rows[0].kind, currency=rows[0].currency, **sums)
