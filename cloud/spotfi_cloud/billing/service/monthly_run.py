"""The monthly run: the documents of every host from the ledger, in the host's own time zone.

A month that is over is issued: numbered without gaps, and frozen with all it was rated by. One that still runs gets drafts,
which every run brings up to date and the first run after the month's end issues, under the same ids.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, ledger, logos, months, sales
from spotfi_cloud.billing.repository.invoices import Host, Invoice
from spotfi_cloud.billing.repository.months import BilledMonth
from spotfi_cloud.billing.rules import Bill, DocumentKind, InvoiceStatus, TaxGroup, freeze, sum_up
from spotfi_cloud.billing.service.numbering import Numbers, hold_numbers
from spotfi_cloud.billing.service.parties import Parties, read_parties
from spotfi_cloud.billing.service.payments import apply_credit
from spotfi_cloud.billing.service.rating import RatedMonth, rate_hosts
from spotfi_cloud.billing.service.readings import Reading
from spotfi_cloud.billing.shown import shown_percent
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.ids import new_id


async def issue_months(
    session: AsyncSession, period: str, host_ids: Collection[UUID], readings: Mapping[UUID, Reading], *, clock: Clock
) -> int:
    """Bill the month (`YYYY-MM`) of those of the hosts that nobody else has billed by now; how many documents were issued.

    Two at once take turns, because each holds the numbers. `readings`: of `read_month`, for as many of the hosts as there are.
    """
    numbers = await hold_numbers(session)
    hosts = await invoices.hosts_with(session, host_ids)
    issued = await bill_hosts(session, hosts, period, numbers, readings, now=clock.now())
    await numbers.save(session)
    return issued


async def bill_hosts(
    session: AsyncSession,
    hosts: Sequence[Host],
    period: str,
    numbers: Numbers,
    readings: Mapping[UUID, Reading],
    *,
    now: datetime,
) -> int:
    """Draw up the month's documents of those hosts that are not billed yet; issue them where the month is over.

    How many were issued.
    """
    billed = await months.hosts_billed_in(session, period)
    rated = await rate_hosts(session, [host for host in hosts if host.id not in billed], period, readings)
    await _close(session, [each for each in rated if each.is_closed(now)], now)
    issued = await _draw_up_all(session, rated, numbers, now)
    await apply_credit(session, [each.host.id for each in rated])
    return issued


async def _close(session: AsyncSession, rated: Sequence[RatedMonth], now: datetime) -> None:
    closed = [
        BilledMonth(
            host_id=each.host.id,
            period=each.local.label,
            starts_at=each.local.starts_at,
            ends_at=each.local.ends_at,
            timezone=each.local.zone.key,
            frozen=freeze(each.month),
            billed_at=now,
        )
        for each in rated
    ]
    await months.add_months(session, closed)
    await months.settle(session, [(each.host.id, each.local.label, each.settles) for each in rated])
    await sales.note_billed(session, [(each.host.id, each.local.label, each.sold) for each in rated])


async def _draw_up_all(session: AsyncSession, rated: Sequence[RatedMonth], numbers: Numbers, now: datetime) -> int:
    """Write the documents of the months; drafts that there is no more reason for go. How many were issued."""
    drafts = await invoices.drafts_of(session, [(each.host.id, each.local.label) for each in rated])
    parties = await read_parties(session, [each.host for each in rated])
    names = await ledger.router_names(session, sorted({router_id for each in rated for router_id in each.router_ids()}))
    logo_digest = await logos.find_current_digest(session)
    documents, rows = [], []
    for each in rated:
        for kind in (kind for kind in DocumentKind if kind in each.lines):
            document = drafts.pop((each.host.id, kind), None) or _new(each, kind, now)
            bill = sum_up(each.lines[kind])
            fill_header(document, each, parties, bill)
            document.logo_digest = logo_digest
            if each.is_over(now):
                _issue(document, each, parties, numbers.take(kind), now)
            documents.append(document)
            rows += invoices.line_values(document.id, bill.lines, names, each.local.first)
    await invoices.delete_drafts(session, list(drafts.values()))
    await invoices.save_documents(session, documents, rows)
    return sum(document.number is not None for document in documents)


def _new(rated: RatedMonth, kind: DocumentKind, now: datetime) -> Invoice:
    return Invoice(id=new_id(), host_id=rated.host.id, period=rated.local.label, kind=kind, created_at=now)


def _issue(document: Invoice, rated: RatedMonth, parties: Parties, number: int, now: datetime) -> None:
    kind = DocumentKind(document.kind)
    document.status = InvoiceStatus.ISSUED
    document.number, document.issued_at = number, now
    document.reference = parties.reference(kind, number)
    document.due_on = _local_day(now, rated) + timedelta(days=parties.terms_days(rated.host))


def _local_day(instant: datetime, rated: RatedMonth) -> date:
    return instant.astimezone(rated.local.zone).date()


def fill_header(document: Invoice, rated: RatedMonth, parties: Parties, bill: Bill) -> None:
    """Write into a draft what it says besides its lines. The host buys, but for a settlement, which it sells by."""
    host, local = rated.host, rated.local
    document.status = InvoiceStatus.DRAFT
    document.host_name, document.timezone, document.currency = host.name, local.zone.key, host.currency
    document.language = parties.language(host)
    document.period_start, document.period_end = local.starts_at, local.ends_at
    sides = (parties.own, parties.host(host))
    document.seller, document.buyer = sides[::-1] if document.kind == DocumentKind.SETTLEMENT else sides
    document.taxes = [tax_values(group) for group in bill.taxes]
    document.subtotal_minor, document.tax_minor = bill.subtotal_minor, bill.tax_minor
    document.total_minor = bill.total_minor


def tax_values(group: TaxGroup) -> dict[str, object]:
    """A row of the tax summary as it is stored."""
    return {
        "category": group.category.value,
        "rate_percent": shown_percent(group.rate_percent),
        "net_minor": group.net_minor,
        "tax_minor": group.tax_minor,
    }
