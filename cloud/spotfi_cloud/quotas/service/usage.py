"""What subscribers used of their quotas, and whether the balances are right."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError
from spotfi_cloud.kernel.periods import Period
from spotfi_cloud.quotas.repository import balances, enforcements
from spotfi_cloud.quotas.repository.enforcements import EnforcedSession
from spotfi_cloud.quotas.rules import period_at, remaining_bytes
from spotfi_cloud.sessions import service as sessions


@dataclass(frozen=True, slots=True)
class Usage:
    """What a subscriber used in the current period, per router and in all, and the sessions being ended for it."""

    quota_bytes: int | None
    used_bytes: int
    remaining_bytes: int | None
    period: Period
    by_router: Sequence[sessions.RouterUsage]
    open_sessions: Sequence[EnforcedSession]


async def usage_of(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, *, clock: Clock, default_zone: str
) -> Usage:
    """The current period's usage of a subscriber of the scope. NotFoundError for any other.

    Routers of other hosts, where the subscriber roamed, are told to their home host as sums.
    """
    terms = await balances.find_terms(session, scope, subscriber_id, default_zone, clock.now())
    if terms is None:
        msg = "There is no such subscriber."
        raise NotFoundError(msg)
    period = period_at(terms, clock.now())
    by_router = await sessions.usage_of_subscriber(session, subscriber_id, period)
    used_bytes = sum(usage.up_bytes + usage.down_bytes for usage in by_router)
    open_sessions = await enforcements.list_open_sessions(session, subscriber_id)
    left = remaining_bytes(terms, used_bytes)
    return Usage(terms.quota_bytes, used_bytes, left, period, by_router, open_sessions)


async def verify(session: AsyncSession) -> list[str]:
    """Every balance that is not the ledger's sum over its period, one sentence each; empty when all are."""
    return [
        f"Subscriber {row.subscriber_id} has a balance of {row.used_bytes} bytes from {row.period_start:%Y-%m-%d %H:%M} UTC, "
        f"the ledger {row.ledger_bytes}."
        for row in await balances.find_differences(session)
    ]
