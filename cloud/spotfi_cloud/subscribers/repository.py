"""Subscribers in the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.storage.conflicts import violations_as
from spotfi_cloud.storage.pages import Order, PageQuery, Slice, fetch_page, first_column
from spotfi_cloud.subscribers import tables

Subscriber = tables.Subscriber


async def find_subscriber(session: AsyncSession, scope: Scope, subscriber_id: UUID) -> Subscriber | None:
    return await session.scalar(
        select(Subscriber).where(Subscriber.id == subscriber_id, scope.limit(Subscriber.host_id))
    )


async def list_subscribers(
    session: AsyncSession, scope: Scope, page: PageQuery, *, username: str | None, plan_id: UUID | None
) -> Slice[Subscriber]:
    statement = select(Subscriber).where(scope.limit(Subscriber.host_id))
    if username is not None:
        statement = statement.where(Subscriber.username == username)
    if plan_id is not None:
        statement = statement.where(Subscriber.plan_id == plan_id)
    order = Order(Subscriber.created_at, Subscriber.id)
    return await fetch_page(session, statement, page, order, make=first_column)


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
