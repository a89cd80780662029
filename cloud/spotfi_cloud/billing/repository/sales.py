"""What billing reads of sales: vouchers sold by their first use, plans begun, volume on top; in the host's currency."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    Uuid,
    and_,
    column,
    exists,
    func,
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
from spotfi_cloud.billing.repository.usage import Span

_Account = subscribers.Subscriber
_Batch = subscribers.VoucherBatch
_Assignment = subscribers.Assignment
_TopUp = subscribers.TopUp
_Plan = plans.Plan
_given = values(
    column("number", BigInteger),
    column("host_id", Uuid),
    column("starts_at", TIMESTAMP(timezone=True)),
    column("ends_at", TIMESTAMP(timezone=True)),
    column("currency", Text),
    name="span",
)


async def read_sales(
    session: AsyncSession, spans: Sequence[Span], currencies: Mapping[UUID, str]
) -> dict[int, tuple[int, int]]:
    """(how many, for how much) was sold in each span that sold anything, by its number; what is free is no sale."""
    if not spans:
        return {}
    given = _given.data([(*span, currencies[span.host_id]) for span in spans])
    parts = union_all(_vouchers(given), _plans(given), _top_ups(given)).subquery()
    count, amount = func.sum(parts.c.count).cast(BigInteger), func.sum(parts.c.amount).cast(BigInteger)
    rows = await session.execute(select(parts.c.number, count, amount).group_by(parts.c.number))
    return {number: (sold, amount_minor) for number, sold, amount_minor in rows}


def _sold(given: Any, price: InstrumentedAttribute[int]) -> Select[tuple[int, int, int]]:
    return select(given.c.number, func.count().label("count"), func.sum(price).label("amount")).group_by(given.c.number)


def _within(given: Any, at: InstrumentedAttribute[Any], price: InstrumentedAttribute[int], currency: Any) -> Any:
    return and_(at >= given.c.starts_at, at < given.c.ends_at, price > 0, currency == given.c.currency)


def _vouchers(given: Any) -> Select[tuple[int, int, int]]:
    """A voucher is sold when it is used first, for the price of its batch."""
    used = _within(given, _Account.first_used_at, _Batch.price_minor, _Batch.currency)
    of_host = _sold(given, _Batch.price_minor).join(_Batch, _Batch.host_id == given.c.host_id)
    return of_host.join(_Account, and_(_Account.voucher_batch_id == _Batch.id, used))


def _plans(given: Any) -> Select[tuple[int, int, int]]:
    """A plan is sold when it begins, renewals too; the one a voucher came with is sold with it."""
    earlier = aliased(_Assignment)
    first = ~exists(literal(1)).where(earlier.subscriber_id == _Account.id, earlier.id < _Assignment.id)
    begun = _within(given, _Assignment.started_at, _Plan.price_minor, _Plan.currency)
    of_host = _sold(given, _Plan.price_minor).join(_Account, _Account.host_id == given.c.host_id)
    with_plans = of_host.join(_Assignment, _Assignment.subscriber_id == _Account.id)
    return with_plans.join(_Plan, and_(_Plan.id == _Assignment.plan_id, begun)).where(
        or_(_Account.voucher_batch_id.is_(None), ~first)
    )


def _top_ups(given: Any) -> Select[tuple[int, int, int]]:
    within = _within(given, _TopUp.created_at, _TopUp.price_minor, _TopUp.currency)
    of_host = _sold(given, _TopUp.price_minor).join(_Account, _Account.host_id == given.c.host_id)
    return of_host.join(_TopUp, and_(_TopUp.subscriber_id == _Account.id, within))
