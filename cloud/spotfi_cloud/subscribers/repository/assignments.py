"""Assignments of plans in the database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from spotfi_cloud.storage.pages import Order, PageQuery, Slice, fetch_page, first_column
from spotfi_cloud.subscribers import tables
from spotfi_cloud.subscribers.rules import AssignmentState, EndReason

Assignment = tables.Assignment
_ACTIVE, _QUEUED = Assignment.state == AssignmentState.ACTIVE, Assignment.state == AssignmentState.QUEUED


async def list_assignments(session: AsyncSession, subscriber_id: UUID, page: PageQuery) -> Slice[Assignment]:
    statement = select(Assignment).where(Assignment.subscriber_id == subscriber_id)
    return await fetch_page(session, statement, page, Order(Assignment.id, Assignment.id), make=first_column)


async def find_assignment(session: AsyncSession, subscriber_id: UUID, assignment_id: UUID) -> Assignment | None:
    statement = select(Assignment).where(Assignment.id == assignment_id, Assignment.subscriber_id == subscriber_id)
    return await session.scalar(statement)


async def find_active(session: AsyncSession, subscriber_id: UUID) -> Assignment | None:
    return await session.scalar(select(Assignment).where(Assignment.subscriber_id == subscriber_id, _ACTIVE))


async def find_latest(session: AsyncSession, subscriber_id: UUID) -> Assignment | None:
    """The one that began last."""
    began = select(Assignment).where(Assignment.subscriber_id == subscriber_id, Assignment.started_at.is_not(None))
    return await session.scalar(began.order_by(Assignment.started_at.desc(), Assignment.id.desc()).limit(1))


async def find_next(session: AsyncSession, subscriber_id: UUID, now: datetime) -> Assignment | None:
    """The first queued one that may begin once the active one is over."""
    waiting = select(Assignment).where(
        Assignment.subscriber_id == subscriber_id,
        _QUEUED,
        or_(Assignment.starts_at.is_(None), Assignment.starts_at <= now),
    )
    return await session.scalar(waiting.order_by(Assignment.starts_at.nulls_last(), Assignment.id).limit(1))


async def add_assignment(session: AsyncSession, assignment: Assignment) -> None:
    session.add(assignment)
    await session.flush()


def _over(now: datetime) -> ColumnElement[bool]:
    return and_(_ACTIVE, Assignment.valid_until <= now)


async def end_those_with_nothing_after(session: AsyncSession, now: datetime) -> list[UUID]:
    """End the active ones whose time is over, that are not renewed and that none follows; whose they were."""
    queued = aliased(Assignment)
    followed = exists().where(queued.subscriber_id == Assignment.subscriber_id, queued.state == AssignmentState.QUEUED)
    ended = update(Assignment).where(_over(now), ~Assignment.renews, ~followed)
    ended = ended.values(
        state=AssignmentState.ENDED.value, end_reason=EndReason.EXPIRED.value, ended_at=Assignment.valid_until
    )
    statement = ended.returning(Assignment.subscriber_id).execution_options(synchronize_session=False)
    return list(await session.scalars(statement))


async def find_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[UUID]:
    """Subscribers whose active assignment is over, or whose queued one has its day."""
    due = or_(_over(now), and_(_QUEUED, Assignment.starts_at <= now))
    statement = select(Assignment.subscriber_id).where(due).group_by(Assignment.subscriber_id)
    return list(await session.scalars(statement.order_by(Assignment.subscriber_id).limit(limit)))


async def set_validity(session: AsyncSession, subscriber_id: UUID, valid_until: datetime | None) -> None:
    active = update(Assignment).where(Assignment.subscriber_id == subscriber_id, _ACTIVE)
    await session.execute(active.values(valid_until=valid_until))
