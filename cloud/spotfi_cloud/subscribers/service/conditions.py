"""What assignments depend on besides the database; given by the entrypoint."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_host
from spotfi_cloud.kernel.clock import Clock


class UsedBytes(Protocol):
    """Bytes a subscriber used in the quarters of an hour from the given one on, up and down together."""

    async def __call__(self, session: AsyncSession, subscriber_id: UUID, since: datetime, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Conditions:
    """Clock, the installation's time zone, and a look into the usage ledger, which lies above this capability."""

    clock: Clock
    default_zone: str
    used_bytes: UsedBytes


async def zone_of(session: AsyncSession, host_id: UUID | None, default_zone: str) -> str:
    """The home host's time zone, else the installation's."""
    return default_zone if host_id is None else (await get_host(session, Scope.everything(), host_id)).timezone
