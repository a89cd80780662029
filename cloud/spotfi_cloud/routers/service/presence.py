"""Presence: which routers are there. Fed by ingest with what arrives, and by the worker with what does not."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.routers.latest_sample import LatestSample
from spotfi_cloud.routers.repository import inventory, presence
from spotfi_cloud.routers.rules import Connection
from spotfi_protocol.messages import Hello, State


async def get_admitted_intervals(session: AsyncSession, router_ids: list[UUID]) -> dict[UUID, int]:
    """Of these routers the ones that may speak to the cloud, with their reporting interval in seconds."""
    return await inventory.intervals_of_admitted(session, router_ids)


async def get_online_intervals(session: AsyncSession, router_ids: list[UUID]) -> dict[UUID, int]:
    """Of these routers the ones that are online, with their reporting interval in seconds."""
    return await inventory.intervals_of_online(session, router_ids)


async def note_hello(session: AsyncSession, router_id: UUID, hello: Hello, *, clock: Clock) -> bool:
    """A connection begins: the router is online. False for a repeated hello of an older connection, which changes nothing."""
    connection = Connection(hello.stamp.boot_id, hello.connection)
    known = await presence.lock_presence(session, router_id)
    if known is not None and connection.is_older_than(Connection(known.boot_id, known.connection)):
        return False
    about = {
        "agent_version": hello.agent_version,
        "protocol": hello.protocol,
        "hostname": hello.hostname,
        "model": hello.model,
        "release": hello.release,
        "transport": hello.transport,
        "board": hello.board,
        "target": hello.target,
    }
    await presence.put_hello(session, router_id, connection, about, clock.now())
    return True


async def note_state(session: AsyncSession, router_id: UUID, state: State, *, clock: Clock) -> None:
    """A connection ended, by last will or goodbye. That of an older connection than the known one changes nothing."""
    known = await presence.lock_presence(session, router_id)
    if state.online or known is None:
        return
    if Connection(state.boot_id, state.connection).ends(Connection(known.boot_id, known.connection)):
        await presence.end_connection(session, router_id, clock.now())


async def note_heard(session: AsyncSession, router_ids: list[UUID], *, clock: Clock) -> None:
    """Something arrived from these routers."""
    await presence.touch(session, router_ids, clock.now())


async def get_latest_samples(session: AsyncSession, router_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """The samples these routers' pages show, of those that have one."""
    return await presence.list_latest_samples(session, router_ids)


async def note_samples(session: AsyncSession, samples: Sequence[LatestSample], *, clock: Clock) -> None:
    """These routers, one sample each, were heard of; their pages show the sample unless they show a newer one.

    `clients` of a sample that has None stay as they are shown.
    """
    await presence.put_samples(session, samples, clock.now())


async def sweep_silent_routers(session: AsyncSession, *, clock: Clock) -> list[UUID]:
    """Mark offline every router that has been silent for longer than its reports allow (`rules`); their ids."""
    return await presence.sweep_silent(session, clock.now())
