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
from spotfi_cloud.quotas.rollover import rolled_into
from spotfi_cloud.quotas.rules import period_at
from spotfi_cloud.quotas.terms import Left, Terms, Used, left_of, with_rolled
from spotfi_cloud.sessions import service as sessions


@dataclass(frozen=True, slots=True)
class Usage:
    """What a subscriber used in the current period, per router and in all, and the sessions being ended for it."""

    terms: Terms
    """With top-ups and what rolled over."""
    rolled_bytes: int
    used: Used
    period: Period
    by_router: Sequence[sessions.RouterUsage]
    open_sessions: Sequence[EnforcedSession]

    @property
    def quota_bytes(self) -> int | None:
        return self.terms.quota_bytes

    @property
    def used_bytes(self) -> int:
        return self.used.total_bytes

    @property
    def remaining_bytes(self) -> int | None:
        return self.left.total_bytes

    @property
    def left(self) -> Left:
        return left_of(self.terms, self.used)


async def usage_of(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, *, clock: Clock, default_zone: str
) -> Usage:
    """The current period's usage of a subscriber of the scope. NotFoundError for any other.

    Routers of other hosts, where the subscriber roamed, are told to their home host as sums.
    """
    found = await balances.find_terms(session, scope, subscriber_id, default_zone, clock.now())
    if found is None:
        msg = "There is no such subscriber."
        raise NotFoundError(msg)
    terms, rolls_over = found
    period = period_at(terms, clock.now())
    rolled_bytes = await _rolled_bytes(session, subscriber_id, terms, period, rolls_over=rolls_over)
    by_router = await sessions.usage_of_subscriber(session, subscriber_id, period)
    used = Used(
        sum(usage.up_bytes for usage in by_router),
        sum(usage.down_bytes for usage in by_router),
        await sessions.time_of_subscriber(session, subscriber_id, period),
    )
    open_sessions = await enforcements.list_open_sessions(session, subscriber_id)
    return Usage(with_rolled(terms, rolled_bytes), rolled_bytes, used, period, by_router, open_sessions)


async def _rolled_bytes(
    session: AsyncSession, subscriber_id: UUID, terms: Terms, period: Period, *, rolls_over: bool
) -> int:
    if terms.quota_bytes is None:
        return 0
    written = await balances.find_rolled_bytes(session, subscriber_id, period)
    if written is not None or not rolls_over:
        return written or 0
    last = await balances.find_last_period(session, subscriber_id, period.start)
    return 0 if last is None else rolled_into(terms, period.start, last)


async def verify(session: AsyncSession) -> list[str]:
    """Every balance that is not the ledger's sum over its period, one sentence each; empty when all are."""
    return [
        f"Subscriber {row.subscriber_id} has a balance of {_in_words(row.used)} from {row.period_start:%Y-%m-%d %H:%M} UTC, "
        f"the ledger {_in_words(row.ledger)}."
        for row in await balances.find_differences(session)
    ]


def _in_words(used: Used) -> str:
    return f"{used.total_bytes} bytes ({used.up_bytes} up) and {used.time_s} s"
