"""Live view: a router is asked for a sample each second, for a few minutes at most."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.routers.service import get_online_intervals, get_router
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.telemetry.repository import live


async def watch_live(session: AsyncSession, scope: Scope, router_id: UUID, seconds: int, *, clock: Clock) -> datetime:
    """Ask the router for live view from now on, or with 0 seconds to end it; until when (UTC).

    NotFoundError out of scope, ConflictError while the router is offline.
    """
    await get_router(session, scope, router_id)
    if not await get_online_intervals(session, [router_id]):
        msg = "The router is offline, so there is nothing to watch. Try again when it is back."
        raise ConflictError(msg)
    until_at = clock.now() + timedelta(seconds=seconds)
    await live.put_live(session, router_id, until_at)
    await announce(session, Channel.COMMANDS, str(router_id))
    return until_at


async def get_live_seconds(session: AsyncSession, router_ids: Sequence[UUID], *, clock: Clock) -> dict[UUID, int]:
    """Of these routers the ones in live view, with the seconds that are left."""
    now = clock.now()
    watched = await live.list_live(session, router_ids, now)
    return {router_id: ceil((until_at - now).total_seconds()) for router_id, until_at in watched.items()}
