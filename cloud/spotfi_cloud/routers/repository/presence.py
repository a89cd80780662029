"""What was last heard of each router, in the database."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, case, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.routers import tables
from spotfi_cloud.routers.rules import MISSED_REPORTS, OFFLINE_GRACE_S, Connection

Router = tables.Router
RouterPresence = tables.RouterPresence


async def lock_presence(session: AsyncSession, router_id: UUID) -> RouterPresence | None:
    """The row, locked, because the worker's sweep changes it too."""
    statement = select(RouterPresence).where(RouterPresence.router_id == router_id).with_for_update()
    return await session.scalar(statement.execution_options(populate_existing=True))


async def put_hello(
    session: AsyncSession, router_id: UUID, connection: Connection, hello: dict[str, Any], now: datetime
) -> None:
    """The router is online with this connection."""
    heard = {
        "boot_id": connection.boot_id,
        "connection": connection.number,
        "hello": hello,
        "last_seen_at": now,
        "ended": False,
    }
    statement = insert(RouterPresence).values(router_id=router_id, online=True, changed_at=now, **heard)
    changed_at = case((RouterPresence.online, RouterPresence.changed_at), else_=now)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["router_id"], set_={**heard, "online": True, "changed_at": changed_at}
        )
    )


async def touch(session: AsyncSession, router_ids: list[UUID], now: datetime) -> None:
    """These were heard of now; one that only seemed to be gone is back, one whose connection ended is not."""
    back = RouterPresence.ended.is_(False) & RouterPresence.online.is_(False)
    await session.execute(
        update(RouterPresence)
        .where(RouterPresence.router_id.in_(sorted(router_ids)))
        .values(
            last_seen_at=now,
            changed_at=case((back, now), else_=RouterPresence.changed_at),
            online=RouterPresence.ended.is_(False),
        )
        .execution_options(synchronize_session=False)
    )


async def end_connection(session: AsyncSession, router_id: UUID, now: datetime) -> None:
    """The router is offline until its next hello."""
    changed_at = case((RouterPresence.online, now), else_=RouterPresence.changed_at)
    await session.execute(
        update(RouterPresence)
        .where(RouterPresence.router_id == router_id)
        .values(online=False, ended=True, changed_at=changed_at)
        .execution_options(synchronize_session=False)
    )


async def sweep_silent(session: AsyncSession, now: datetime) -> list[UUID]:
    """Mark offline whoever missed too many reports; their ids."""
    silence_s = cast(MISSED_REPORTS * Router.interval_s + OFFLINE_GRACE_S, Integer)
    allowed = func.make_interval(0, 0, 0, 0, 0, 0, silence_s)
    statement = (
        update(RouterPresence)
        .where(
            RouterPresence.router_id == Router.id,
            RouterPresence.online,
            RouterPresence.last_seen_at < literal(now) - allowed,
        )
        .values(online=False, changed_at=now)
        .returning(RouterPresence.router_id)
        .execution_options(synchronize_session=False)
    )
    return list(await session.scalars(statement))


async def put_latest_sample(session: AsyncSession, router_id: UUID, taken_at: datetime, sample: dict[str, Any]) -> None:
    """Keep the sample for the router's page unless a newer one is there."""
    older = RouterPresence.latest_taken_at.is_(None) | (RouterPresence.latest_taken_at <= taken_at)
    await session.execute(
        update(RouterPresence)
        .where(RouterPresence.router_id == router_id, older)
        .values(latest_sample=sample, latest_taken_at=taken_at)
        .execution_options(synchronize_session=False)
    )
