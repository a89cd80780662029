"""What billing reads of sales: vouchers sold by their first use, plans begun, volume on top; in the host's currency."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    Uuid,
    and_,
    column,
    exists,
    insert,
    literal,
    or_,
    select,
    union_all,
    values,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

import spotfi_cloud.plans.tables as plans
import spotfi_cloud.subscribers.tables as subscribers
from spotfi_cloud.billing import tables
from spotfi_cloud.billing.repository.usage import Span

_Account = subscribers.Subscriber
_Batch = subscribers.VoucherBatch
_Assignment = subscribers.Assignment
_TopUp = subscribers.TopUp
_Plan = plans.Plan
_Billed = tables.BilledSale
_given = values(
    column("number", BigInteger),
    column("host_id", Uuid),
    column("starts_at", TIMESTAMP(timezone=True)),
    column("ends_at", TIMESTAMP(timezone=True)),
    column("currency", Text),
    name="span",
)


class Sold(NamedTuple):
    """A sale: `number` is of the span that it is in. `sale_id`: of the voucher's account, the assignment or the top-up."""

    number: int
    kind: str
    sale_id: UUID
    sold_at: datetime
    price_minor: int


class SaleRow(NamedTuple):
    """A sale behind a line."""

    sale_id: UUID
    kind: str
    sold_at: datetime
    price_minor: int


async def read_sales(session: AsyncSession, spans: Sequence[Span], currencies: Mapping[UUID, str]) -> list[Sold]:
    """What was sold in the spans and is not billed; what is free is no sale."""
    if not spans:
        return []
    given = _given.data([(*span, currencies[span.host_id]) for span in spans])
    parts = union_all(_vouchers(given), _plans(given), _top_ups(given)).subquery()
    unbilled = ~select(literal(1)).where(_Billed.sale_id == parts.c.sale_id).exists()
    rows = await session.execute(select(parts).where(unbilled).order_by(parts.c.sold_at, parts.c.sale_id))
    return [Sold(*row) for row in rows]


async def note_billed(session: AsyncSession, billed: Iterable[tuple[UUID, str, Iterable[Sold]]]) -> None:
    """Note of (host, month, sales) that the sales are billed in that month."""
    rows = [
        {"host_id": host_id, "period": period, **sold._asdict()} for host_id, period, sales in billed for sold in sales
    ]
    for row in rows:
        del row["number"]
    if rows:
        await session.execute(insert(_Billed), rows)


async def billed_sales(
    session: AsyncSession, span: Span, *, period: str | None = None, not_in: str | None = None
) -> list[SaleRow]:
    """The sales of a host in a span that are billed: in the month `period`, or in others than `not_in`."""
    statement = select(_Billed.sale_id, _Billed.kind, _Billed.sold_at, _Billed.price_minor).where(
        _Billed.host_id == span.host_id, _Billed.sold_at >= span.starts_at, _Billed.sold_at < span.ends_at
    )
    if period is not None:
        statement = statement.where(_Billed.period == period)
    if not_in is not None:
        statement = statement.where(_Billed.period != not_in)
    return [SaleRow(*row) for row in await session.execute(statement.order_by(_Billed.sold_at, _Billed.sale_id))]


def _sold(given: Any, kind: str, sale_id: Any, sold_at: Any, price: Any) -> Select[Any]:
    named = (literal(kind).label("kind"), sale_id.label("sale_id"), sold_at.label("sold_at"))
    return select(given.c.number, *named, price.label("price_minor"))


def _within(given: Any, at: InstrumentedAttribute[Any], price: InstrumentedAttribute[int], currency: Any) -> Any:
    return and_(at >= given.c.starts_at, at < given.c.ends_at, price > 0, currency == given.c.currency)


def _vouchers(given: Any) -> Select[Any]:
    """A voucher is sold when it is used first, for the price of its batch."""
    used = _within(given, _Account.first_used_at, _Batch.price_minor, _Batch.currency)
    of_host = _sold(given, "voucher", _Account.id, _Account.first_used_at, _Batch.price_minor).join(
        _Batch, _Batch.host_id == given.c.host_id
    )
    return of_host.join(_Account, and_(_Account.voucher_batch_id == _Batch.id, used))


def _plans(given: Any) -> Select[Any]:
    """A plan is sold when it begins, renewals too; the one a voucher came with is sold with it."""
    earlier = aliased(_Assignment)
    first = ~exists(literal(1)).where(earlier.subscriber_id == _Account.id, earlier.id < _Assignment.id)
    begun = _within(given, _Assignment.started_at, _Plan.price_minor, _Plan.currency)
    of_host = _sold(given, "plan", _Assignment.id, _Assignment.started_at, _Plan.price_minor).join(
        _Account, _Account.host_id == given.c.host_id
    )
    with_plans = of_host.join(_Assignment, _Assignment.subscriber_id == _Account.id)
    return with_plans.join(_Plan, and_(_Plan.id == _Assignment.plan_id, begun)).where(
        or_(_Account.voucher_batch_id.is_(None), ~first)
    )


def _top_ups(given: Any) -> Select[Any]:
    within = _within(given, _TopUp.created_at, _TopUp.price_minor, _TopUp.currency)
    of_host = _sold(given, "top_up", _TopUp.id, _TopUp.created_at, _TopUp.price_minor).join(
        _Account, _Account.host_id == given.c.host_id
    )
    return of_host.join(_TopUp, and_(_TopUp.subscriber_id == _Account.id, within))
