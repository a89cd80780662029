"""Batches of vouchers, and their vouchers, in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.storage.pages import Order, PageQuery, Slice, Sorting, fetch_page, first_column
from spotfi_cloud.subscribers import tables
from spotfi_cloud.subscribers.rules import VoucherState

Subscriber = tables.Subscriber
VoucherBatch = tables.VoucherBatch
_SORTING = Sorting(VoucherBatch.id, (VoucherBatch.created_at,))


class StateCount(NamedTuple):
    """How many vouchers of a batch are in a state."""

    batch_id: UUID
    state: VoucherState
    vouchers: int


def _state(now: datetime) -> ColumnElement[str]:
    return case(
        (Subscriber.disabled_at.is_not(None), VoucherState.REVOKED.value),
        (Subscriber.valid_until <= now, VoucherState.EXPIRED.value),
        (Subscriber.first_used_at.is_not(None), VoucherState.USED.value),
        else_=VoucherState.UNUSED.value,
    )


def _is(state: VoucherState, now: datetime) -> ColumnElement[bool]:
    return _state(now) == state.value


async def add_batch(session: AsyncSession, batch: VoucherBatch) -> None:
    session.add(batch)
    await session.flush()


async def find_batch(session: AsyncSession, scope: Scope, batch_id: UUID, *, lock: bool = False) -> VoucherBatch | None:
    statement = select(VoucherBatch).where(VoucherBatch.id == batch_id, scope.limit(VoucherBatch.host_id))
    return await session.scalar(
        statement.with_for_update().execution_options(populate_existing=True) if lock else statement
    )


async def list_batches(
    session: AsyncSession, scope: Scope, page: PageQuery, *, host_id: UUID | None
) -> Slice[VoucherBatch]:
    statement = select(VoucherBatch).where(scope.limit(VoucherBatch.host_id))
    if host_id is not None:
        statement = statement.where(VoucherBatch.host_id == host_id)
    return await fetch_page(session, statement, page, _SORTING, make=first_column)


async def count_states(session: AsyncSession, batch_ids: Sequence[UUID], now: datetime) -> list[StateCount]:
    state = _state(now).label("state")
    statement = select(Subscriber.voucher_batch_id, state, func.count()).where(
        Subscriber.voucher_batch_id.in_(batch_ids)
    )
    rows = await session.execute(statement.group_by(Subscriber.voucher_batch_id, state))
    return [StateCount(batch_id, VoucherState(value), count) for batch_id, value, count in rows if batch_id is not None]


async def list_vouchers(
    session: AsyncSession, batch_id: UUID, page: PageQuery, *, state: VoucherState | None, now: datetime
) -> Slice[Subscriber]:
    statement = select(Subscriber).where(Subscriber.voucher_batch_id == batch_id)
    if state is not None:
        statement = statement.where(_is(state, now))
    order = Order(Subscriber.voucher_number, Subscriber.id, descending=False)
    return await fetch_page(session, statement, page, order, make=first_column)


async def find_printable(
    session: AsyncSession, batch_id: UUID, numbers: tuple[int, int], now: datetime
) -> list[tuple[int, str]]:
    """(number, code) of the vouchers between two numbers that somebody may still use first."""
    statement = select(Subscriber.voucher_number, Subscriber.username).where(
        Subscriber.voucher_batch_id == batch_id,
        Subscriber.voucher_number.between(*numbers),
        _is(VoucherState.UNUSED, now),
    )
    rows = await session.execute(statement.order_by(Subscriber.voucher_number))
    return [(number, code) for number, code in rows if number is not None]


async def revoke_all(session: AsyncSession, batch_id: UUID, now: datetime) -> None:
    """Disable those that are not; what is expired or disabled stays as it is."""
    statement = update(Subscriber).where(
        Subscriber.voucher_batch_id == batch_id,
        not_(or_(_is(VoucherState.REVOKED, now), _is(VoucherState.EXPIRED, now))),
    )
    await session.execute(statement.values(disabled_at=now).execution_options(synchronize_session=False))


async def find_by_code(session: AsyncSession, code: str) -> Subscriber | None:
    """The voucher with that code in normal form."""
    statement = select(Subscriber).where(and_(Subscriber.username == code, Subscriber.voucher_batch_id.is_not(None)))
    return await session.scalar(statement)
