"""LISTEN/NOTIFY: how one role tells another, after its commit, that there is something to look at.

A notification is only a hint: whoever listens also looks by itself every so often, so a lost one costs time, never truth.
"""

import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum

import psycopg
import structlog
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)
_RECONNECT_S = 1.0


class Channel(StrEnum):
    """What is announced; the payload is given in brackets."""

    ROUTER_ACCESS = "router_access"  # [router id]: key made, rotated or revoked; heard by the broker
    COMMANDS = "commands"  # [router id]: a command was queued or cancelled; heard by ingest
    ENFORCEMENT = "enforcement"  # [subscriber id]: sessions must end; heard by worker
    EVENTS = "events"  # []: something happened in the fleet; sent by triggers, heard by api
    ACCESS = "access"  # ["subscriber" | "plan" | "router" | "host"]: what radius has cached is stale


async def announce(session: AsyncSession, channel: Channel, payload: str = "") -> None:
    """Send a notification with the caller's transaction: it goes out on commit, or not at all."""
    await session.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload})


async def listen(database: Database, *channels: Channel) -> AsyncIterator[tuple[Channel, str] | None]:
    """Yield (channel, payload) for ever; None after each (re)connect, when anything may have been missed.

    A lost database is retried every second and logged once per loss.
    """
    while True:
        try:
            async with await database.connect() as connection:
                for channel in channels:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                yield None
                async for note in connection.notifies():
                    yield Channel(note.channel), note.payload
        except psycopg.OperationalError as error:
            _log.warning("database_lost", error=str(error).strip(), retry_in_s=_RECONNECT_S)
        await asyncio.sleep(_RECONNECT_S)
