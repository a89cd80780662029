"""What was last heard of each router, in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Integer, Text, case, cast, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.routers import tables
from spotfi_cloud.routers.latest_sample import LatestSample
from spotfi_cloud.routers.rules import BATCH_SILENCE_S, BATCHES_FROM_S, MISSED_REPORTS, OFFLINE_GRACE_S, Connection

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
    patience_s = MISSED_REPORTS * Router.interval_s
    batched_s = case(
        (Router.interval_s >= BATCHES_FROM_S, func.greatest(patience_s, BATCH_SILENCE_S)), else_=patience_s
    )
    silence_s = cast(batched_s + OFFLINE_GRACE_S, Integer)
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


async def list_latest_samples(session: AsyncSession, router_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """By router, of those that have one."""
    columns = select(RouterPresence.router_id, cast(RouterPresence.latest_sample, Text))
    rows = await session.execute(
        columns.where(RouterPresence.router_id.in_(router_ids), RouterPresence.latest_sample.is_not(None))
    )
    return {router_id: orjson.loads(sample) for router_id, sample in rows}


# Rows of single clients are read now and then only: the last ones stay on the page, with their date.
_PUT_SAMPLES = text(
    """
    UPDATE router_presence SET
        last_seen_at = :now,
        changed_at = CASE WHEN online OR ended THEN changed_at ELSE :now END,
        online = NOT ended,
        latest_taken_at = greatest(latest_taken_at, new.taken_at),
        latest_sample = CASE
            WHEN latest_taken_at > new.taken_at THEN latest_sample
            WHEN new.has_clients OR latest_sample IS NULL THEN new.sample
            ELSE new.sample || jsonb_build_object(
                'clients', latest_sample -> 'clients', 'clients_at', latest_sample -> 'clients_at'
            )
        END
    FROM json_to_recordset(CAST(:samples AS json))
        AS new (router_id uuid, taken_at timestamptz, has_clients boolean, sample jsonb)
    WHERE router_presence.router_id = new.router_id
    """
)


async def put_samples(session: AsyncSession, samples: Sequence[LatestSample], now: datetime) -> None:
    """`touch` these routers, and keep the samples, one each, for their pages unless newer ones are there."""
    rows = [
        {
            "router_id": each.router_id,
            "taken_at": each.taken_at,
            "has_clients": each.sample["clients"] is not None,
            "sample": each.sample,
        }
        for each in samples
    ]
    await session.execute(_PUT_SAMPLES, {"samples": orjson.dumps(rows).decode(), "now": now})
