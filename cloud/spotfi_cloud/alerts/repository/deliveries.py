"""What is to be told, and was: the queue of the worker and the log of the API.

A delivery is claimed by moving its next attempt into the future and committing that, so nothing is locked while a receiver
takes its time, and what a crashed worker had claimed comes up again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts import tables
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page, first_column

AlertDelivery = tables.AlertDelivery
_SORTING = Sorting(AlertDelivery.id, (AlertDelivery.created_at,))
_ADD = text(
    """
    INSERT INTO alert_deliveries
        (id, channel_id, alert_id, event, payload, state, attempts, created_at, next_attempt_at)
    SELECT id, channel_id, alert_id, event, payload, 'pending', 0, created_at, next_attempt_at
    FROM json_to_recordset(CAST(:rows AS json)) AS new (
        id uuid, channel_id uuid, alert_id uuid, event text, payload jsonb, created_at timestamptz,
        next_attempt_at timestamptz
    )
    ON CONFLICT (channel_id, alert_id, event) DO NOTHING
    """
)
# No channel gets more than a few at once, so that one that hangs does not hold up the others.
_CLAIM_WEBHOOKS = text(
    """
    UPDATE alert_deliveries SET next_attempt_at = :lease, attempts = attempts + 1, attempted_at = :now
    WHERE id IN (
        SELECT d.id FROM alert_channels c CROSS JOIN LATERAL (
            SELECT due.id FROM alert_deliveries due
            WHERE due.channel_id = c.id AND due.state = 'pending' AND due.next_attempt_at <= :now
            ORDER BY due.next_attempt_at LIMIT :most FOR UPDATE SKIP LOCKED
        ) AS d
        WHERE c.kind = 'webhook' AND c.enabled
    )
    RETURNING id
    """
)
_LOCK_LETTER_CHANNEL = text(
    """
    SELECT c.id FROM alert_channels c
    WHERE c.kind = 'email' AND c.enabled AND coalesce(c.next_letter_at, :now) <= :now AND EXISTS (
        SELECT FROM alert_deliveries d WHERE d.channel_id = c.id AND d.state = 'pending' AND d.next_attempt_at <= :now
    )
    LIMIT 1 FOR UPDATE SKIP LOCKED
    """
)


async def list_deliveries(session: AsyncSession, channel_id: UUID, page: PageQuery) -> Slice[AlertDelivery]:
    statement = select(AlertDelivery).where(AlertDelivery.channel_id == channel_id)
    return await fetch_page(session, statement, page, _SORTING, make=first_column)


async def add_deliveries(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(_ADD, {"rows": orjson.dumps(rows).decode()})


async def channels_told(session: AsyncSession, alert_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """(alert, channel) of those alerts' raising that was told or is about to be."""
    pairs = select(AlertDelivery.alert_id, AlertDelivery.channel_id)
    told = await session.execute(pairs.where(AlertDelivery.alert_id.in_(alert_ids), AlertDelivery.event == "raised"))
    return {(row[0], row[1]) for row in told if row[0] is not None}


async def claim_webhooks(session: AsyncSession, now: datetime, lease: timedelta, most: int) -> Sequence[AlertDelivery]:
    """Due deliveries of webhooks, a few of each channel; nobody else gets them before the lease is over."""
    ids = list(await session.scalars(_CLAIM_WEBHOOKS, {"now": now, "lease": now + lease, "most": most}))
    fresh = select(AlertDelivery).where(AlertDelivery.id.in_(ids)).execution_options(populate_existing=True)
    return list(await session.scalars(fresh)) if ids else []


async def claim_letter(session: AsyncSession, now: datetime, lease: timedelta, most: int) -> Sequence[AlertDelivery]:
    """All that one e-mail channel is to be told, oldest first, once some of it is due; claimed like webhooks."""
    channel_id = await session.scalar(_LOCK_LETTER_CHANNEL, {"now": now})
    if channel_id is None:
        return []
    # What is tried again has its own time; what was never tried goes along with what is due.
    waiting = (AlertDelivery.next_attempt_at <= now) | (AlertDelivery.attempts == 0)
    mine = select(AlertDelivery.id).where(
        AlertDelivery.channel_id == channel_id, AlertDelivery.state == "pending", waiting
    )
    some = mine.order_by(AlertDelivery.created_at, AlertDelivery.id).limit(most).with_for_update(skip_locked=True)
    ids = list(await session.scalars(some))
    claimed = update(AlertDelivery).where(AlertDelivery.id.in_(ids))
    values = {"next_attempt_at": now + lease, "attempts": AlertDelivery.attempts + 1, "attempted_at": now}
    await session.execute(claimed.values(values).execution_options(synchronize_session=False))
    fresh = select(AlertDelivery).where(AlertDelivery.id.in_(ids)).order_by(AlertDelivery.created_at, AlertDelivery.id)
    return list(await session.scalars(fresh.execution_options(populate_existing=True)))


async def set_outcome(session: AsyncSession, ids: Collection[UUID], **values: Any) -> None:
    mine = update(AlertDelivery).where(AlertDelivery.id.in_(ids), AlertDelivery.state == "pending")
    await session.execute(mine.values(**values).execution_options(synchronize_session=False))


async def delete_old(session: AsyncSession, before: datetime, limit: int) -> int:
    old = select(AlertDelivery.id).where(AlertDelivery.created_at < before, AlertDelivery.state != "pending")
    gone = delete(AlertDelivery).where(AlertDelivery.id.in_(old.limit(limit).scalar_subquery()))
    return len((await session.scalars(gone.returning(AlertDelivery.id))).all())
