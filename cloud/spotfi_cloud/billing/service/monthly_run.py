"""The monthly run: one invoice per host from the ledger, in the host's own time zone.

A month that is over is issued: numbered without gaps, frozen, its PDF kept. One that still runs gets a draft, which every
run brings up to date and the first run after the month's end issues, under the same id.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing import repository
from spotfi_cloud.billing.document import render_pdf
from spotfi_cloud.billing.repository import Host, Invoice, Tariff
from spotfi_cloud.billing.rules import NO_TARIFF, Bill, InvoiceStatus, Rates, RouterBytes, rate_month
from spotfi_cloud.billing.service.invoices import header_of
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.periods import Period, month_of
from spotfi_cloud.sessions.service import usage_by_router


async def run_month(session: AsyncSession, period: str, *, clock: Clock) -> list[Invoice]:
    """The invoices of the month (`YYYY-MM`), one per host where it has begun, oldest host first.

    Idempotent: an issued invoice comes back unchanged. RejectedError for a month that has begun nowhere. Two runs at once
    take turns, because each holds the counter of invoice numbers.
    """
    now = clock.now()
    last_number = await repository.lock_counter(session)
    hosts = [host for host in await repository.all_hosts(session) if _month(period, host.timezone).start <= now]
    if not hosts and month_of(period, ZoneInfo("UTC")).start > now:
        msg = f"{period} has not begun yet."
        raise RejectedError(msg, field="period")
    known = await repository.invoices_of_period(session, period)
    tariffs = await repository.tariffs_in_force(session, period)
    invoices = []
    for host in hosts:
        invoice = known.get(host.id)
        if invoice is None or invoice.status == InvoiceStatus.DRAFT:
            number = last_number + 1 if _end(period, host.timezone) <= now else None
            invoice = await _draw_up(session, host, period, tariffs.get(host.id), invoice, number=number, now=now)
            last_number = number or last_number
        invoices.append(invoice)
    await repository.set_counter(session, last_number)
    return invoices


def _month(period: str, timezone: str) -> Period:
    return month_of(period, ZoneInfo(timezone))


def _end(period: str, timezone: str) -> datetime:
    end = _month(period, timezone).end
    assert end is not None  # a month ends
    return end


async def _draw_up(
    session: AsyncSession,
    host: Host,
    period: str,
    tariff: Tariff | None,
    draft: Invoice | None,
    *,
    number: int | None,
    now: datetime,
) -> Invoice:
    """The host's invoice, made or made anew; issued when it gets a number."""
    start, end = _month(period, host.timezone).start, _end(period, host.timezone)
    usage = [RouterBytes(*row) for row in await usage_by_router(session, host.id, start, end)]
    rates = _rates(tariff)
    bill = rate_month(rates, usage)
    invoice = Invoice(id=new_id(), host_id=host.id, period=period, created_at=now) if draft is None else draft
    invoice.number, invoice.issued_at = number, None if number is None else now
    invoice.status = InvoiceStatus.DRAFT if number is None else InvoiceStatus.ISSUED
    invoice.host_name, invoice.timezone, invoice.currency = host.name, host.timezone, host.currency
    invoice.period_start, invoice.period_end = start, end
    invoice.price_per_gb_minor, invoice.tax_rate_percent = rates.price_per_gb_minor, rates.tax_rate_percent
    invoice.subtotal_minor, invoice.tax_minor, invoice.total_minor = (
        bill.subtotal_minor,
        bill.tax_minor,
        bill.total_minor,
    )
    await _save(session, invoice, bill, usage)
    return invoice


async def _save(session: AsyncSession, invoice: Invoice, bill: Bill, usage: Iterable[RouterBytes]) -> None:
    names = await repository.router_names(session, [each.router_id for each in usage])
    await repository.save_invoice(session, invoice)
    await repository.replace_lines(session, invoice.id, bill.lines, names)
    if invoice.number is not None:
        pdf = await asyncio.to_thread(render_pdf, header_of(invoice), bill.lines, names)
        await repository.save_file(session, invoice.id, pdf)


def _rates(tariff: Tariff | None) -> Rates:
    if tariff is None:
        return NO_TARIFF
    return Rates(tariff.base_fee_minor, tariff.price_per_gb_minor, tariff.included_bytes, tariff.tax_rate_percent)
