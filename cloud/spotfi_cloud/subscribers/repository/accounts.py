"""Subscribers in the database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, ColumnElement, Text, any_, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.conflicts import violations_as
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page, first_column
from spotfi_cloud.subscribers import tables

Subscriber = tables.Subscriber
_SORTING = Sorting(Subscriber.id, (Subscriber.created_at, Subscriber.username))
_USES = "json_to_recordset(CAST(:uses AS json)) AS use (id uuid, at timestamptz, router_id uuid)"
_BEGIN_VALIDITY = text(
    f"""
    UPDATE assignments a SET valid_until = least(s.valid_until, use.at + make_interval(secs => s.valid_for_s))
    FROM {_USES} JOIN subscribers s ON s.id = use.id
    WHERE a.subscriber_id = s.id AND a.state = 'active' AND s.valid_for_s IS NOT NULL
    RETURNING a.subscriber_id
    """  # noqa: S608 - a constant
)
_SET_FIRST_USES = text(
    f"""
    UPDATE subscribers s SET first_used_at = use.at, first_router_id = use.router_id, valid_for_s = NULL,
        valid_until = CASE WHEN a.id IS NULL THEN s.valid_until ELSE a.valid_until END,
        period_since = CASE WHEN a.id IS NULL THEN s.period_since ELSE use.at END
    FROM {_USES} JOIN subscribers before ON before.id = use.id
        LEFT JOIN assignments a ON a.subscriber_id = use.id AND a.state = 'active' AND before.valid_for_s IS NOT NULL
    WHERE s.id = use.id
    """  # noqa: S608 - a constant
)


@dataclass(frozen=True, slots=True)
class SubscriberFilter:
    """Which subscribers are wanted; None: whichever. `prefix` is what the username begins with."""

    username: str | None = None
    prefix: str | None = None
    plan_id: UUID | None = None
    host_id: UUID | None = None
    disabled: bool | None = None
    voucher: bool | None = None
    """Whether it is one of a batch of vouchers."""

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted = {
            Subscriber.username: self.username,
            Subscriber.plan_id: self.plan_id,
            Subscriber.host_id: self.host_id,
        }
        found = [column == value for column, value in wanted.items() if value is not None]
        if self.prefix is not None:
            found.append(Subscriber.username.startswith(self.prefix, autoescape=True))
        if self.disabled is not None:
            found.append(Subscriber.disabled_at.is_not(None) if self.disabled else Subscriber.disabled_at.is_(None))
        if self.voucher is not None:
            batch_id = Subscriber.voucher_batch_id
            found.append(batch_id.is_not(None) if self.voucher else batch_id.is_(None))
        return found


async def find_subscriber(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, *, lock: bool = False
) -> Subscriber | None:
    statement = select(Subscriber).where(Subscriber.id == subscriber_id, scope.limit(Subscriber.host_id))
    return await session.scalar(
        statement.with_for_update().execution_options(populate_existing=True) if lock else statement
    )


async def list_subscribers(
    session: AsyncSession, scope: Scope, page: PageQuery, wanted: SubscriberFilter
) -> Slice[Subscriber]:
    statement = select(Subscriber).where(scope.limit(Subscriber.host_id), *wanted.conditions())
    return await fetch_page(session, statement, page, _SORTING, make=first_column)


@asynccontextmanager
async def saving(session: AsyncSession) -> AsyncIterator[None]:
    """Write what the block adds or changes. ConflictError where the username is taken by anyone in the installation."""
    taken = ConflictError("This username is taken. Choose another one.", field="username")
    async with violations_as({"uq_subscribers_username": taken}):
        yield
        await session.flush()


def add_subscriber(session: AsyncSession, subscriber: Subscriber) -> None:
    """To be called inside `saving`."""
    session.add(subscriber)


async def lock_unused(session: AsyncSession, subscriber_ids: Sequence[UUID]) -> list[UUID]:
    """Those of them that were never used, locked in the order of their ids."""
    unused = select(Subscriber.id).where(Subscriber.id.in_(subscriber_ids), Subscriber.first_used_at.is_(None))
    return list(await session.scalars(unused.order_by(Subscriber.id).with_for_update()))


async def set_first_uses(session: AsyncSession, uses: Sequence[dict[str, Any]]) -> int:
    """Write down first uses of accounts that are locked, (id, at, router_id) each; the validity that waited for it begins.
    For how many it does. Two statements, however many there are: a venue that opens has hundreds in a second."""
    rows = {"uses": orjson.dumps(list(uses)).decode()}
    began = len((await session.execute(_BEGIN_VALIDITY, rows)).all())
    await session.execute(_SET_FIRST_USES, rows)
    return began


async def find_taken(session: AsyncSession, usernames: Sequence[str]) -> set[str]:
    """Those of the names that somebody has; one array, however many."""
    names = literal(list(usernames), ARRAY(Text))
    return set(await session.scalars(select(Subscriber.username).where(Subscriber.username == any_(names))))


async def add_import(
    session: AsyncSession, host_id: UUID | None, created_count: int, account_id: UUID | None, now: datetime
) -> None:
    made = {"id": new_id(), "host_id": host_id, "created_count": created_count, "account_id": account_id}
    session.add(tables.SubscriberImport(**made, created_at=now))
    await session.flush()


async def clear_notes(session: AsyncSession, subscriber_id: UUID) -> None:
    """Take out what staff wrote about somebody with their plans and top-ups."""
    for table in (tables.Assignment, tables.TopUp):
        about = update(table).where(table.subscriber_id == subscriber_id, table.note != "")
        await session.execute(about.values(note=""))
