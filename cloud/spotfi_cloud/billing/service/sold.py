"""What hosts sold: in a month that is rated, and before it without any document having it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import sales
from spotfi_cloud.billing.repository.invoices import Host
from spotfi_cloud.billing.repository.months import BilledMonth
from spotfi_cloud.billing.repository.sales import SaleRow, Sold
from spotfi_cloud.billing.repository.usage import Span
from spotfi_cloud.billing.rules import LocalMonth, Sales, Stretch, stretch_at

_Sale = TypeVar("_Sale", Sold, SaleRow)


async def read_sold(
    session: AsyncSession,
    hosts: Sequence[Host],
    locals_: Mapping[UUID, LocalMonth],
    billed: Mapping[UUID, Sequence[BilledMonth]],
    sharing: Collection[UUID],
) -> dict[UUID, list[Sold]]:
    """All that hosts sold up to their month's end and that is not billed, of the `sharing` ones: whose tariffs take a share."""
    spans: list[Span] = []
    for host in hosts:
        if host.id in sharing:
            local = locals_[host.id]
            first = min((month.starts_at for month in billed[host.id]), default=local.starts_at)
            spans.append(Span(len(spans), host.id, min(first, local.starts_at), local.ends_at))
    found: dict[UUID, list[Sold]] = defaultdict(list)
    for sold in await sales.read_sales(session, spans, {host.id: host.currency for host in hosts}):
        found[spans[sold.number].host_id].append(sold)
    return found


def shared(local: LocalMonth, stretches: Sequence[Stretch], sold: Sequence[_Sale]) -> list[_Sale]:
    """Those of the sales that are of the month, in a stretch whose tariff takes a share."""
    own = [each for each in sold if local.starts_at <= each.sold_at < local.ends_at]
    return [each for each in own if stretches[stretch_at(local, stretches, each.sold_at)].terms.sales_share_percent]


def sums_of(local: LocalMonth, stretches: Sequence[Stretch], sold: Sequence[Sold | SaleRow]) -> tuple[Sales, ...]:
    """The sales of a month summed up by stretch."""
    sums: dict[int, list[int]] = {}
    for each in sold:
        sums.setdefault(stretch_at(local, stretches, each.sold_at), []).append(each.price_minor)
    return tuple(Sales(stretch, len(prices), sum(prices)) for stretch, prices in sorted(sums.items()))
