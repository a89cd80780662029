"""Logins: the accounts of a batch of Access-Requests, what came of each, and what NASes asked in all."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.access import attempts, batch, repository
from spotfi_cloud.access.attempts import Attempt
from spotfi_cloud.access.repository import AttemptFilter, AttemptView, Count
from spotfi_cloud.access.rules import Account, OpenSession, Refusal
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.periods import Period, PeriodKind
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.plans.at_limit import AtLimit
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.quotas.rules import period_at
from spotfi_cloud.quotas.terms import Terms, Used, is_throttled, must_end, slower, with_rolled
from spotfi_cloud.routers import service as routers
from spotfi_cloud.storage.pages import PageQuery, Slice
from spotfi_cloud.subscribers.passwords import open_password

__all__ = [
    "REFUSALS",
    "Attempt",
    "AttemptFilter",
    "AttemptView",
    "Count",
    "add_attempts",
    "add_counts",
    "counts_of",
    "find_accounts",
    "forget_attempts_of",
    "forget_old_attempts",
    "last_attempt_of",
    "list_attempts",
]
REFUSALS = frozenset(refusal.value for refusal in Refusal)
ATTEMPTS_KEPT = timedelta(days=30)
_PERIOD_KINDS = {kind.value: kind for kind in PeriodKind}
_AT_LIMIT = {each.value: each for each in AtLimit}
"""A look-up takes a tenth of what the enumerations take."""


async def find_accounts(
    connection: psycopg.AsyncConnection, usernames: Iterable[str], sealer: Sealer, *, clock: Clock, default_zone: str
) -> dict[str, Account]:
    """The accounts of these user names, in one statement; names that do not exist are missing.

    `sealer` opens passwords (purpose `subscriber-password`). Raises SealError where the secret key is another one.
    """
    now = clock.now()
    rows = await batch.find_accounts(connection, sorted(usernames), now, default_zone)
    accounts: dict[str, Account] = {}
    for row in rows:
        terms = _terms(row)
        period = period_at(terms, now)
        if row.period_start == period.start and row.period_end == period.end:
            accounts[row.username] = _account_of(row, with_rolled(terms, row.rolled_bytes or 0), _used(row), sealer)
        else:
            accounts[row.username] = await _account_without_balance(connection, row, terms, period, sealer)
    await _date_used_up(connection, accounts, now)
    return accounts


async def _account_without_balance(
    connection: psycopg.AsyncConnection, row: batch.AccountRow, terms: Terms, period: Period, sealer: Sealer
) -> Account:
    """Nothing was used in the period yet, or what was is in a balance of earlier terms."""
    used = Used()
    if row.period_start is not None:  # a balance of earlier terms: until accounting makes the new one, the ledger knows
        used = await batch.sum_ledger(connection, row.id, period)
    if row.rolls_over:
        rolled = await quotas.find_rolled(connection, [(row.id, period.start)], {row.id: terms})
        terms = with_rolled(terms, rolled.get((row.id, period.start), 0))
    return _account_of(row, terms, used, sealer)


async def _date_used_up(connection: psycopg.AsyncConnection, accounts: dict[str, Account], now: datetime) -> None:
    """Note when those quotas were passed that are: their guests are told."""
    passed = {each.subscriber_id: each for each in accounts.values() if must_end(each.terms, each.used)}
    if not passed:
        return
    terms = {id_: (each.terms, period_at(each.terms, now)) for id_, each in passed.items()}
    for subscriber_id, used_up_at in (await batch.find_used_up_at(connection, terms)).items():
        passed[subscriber_id].used_up_at = used_up_at


def _used(row: batch.AccountRow) -> Used:
    return Used(row.used_up_bytes or 0, row.used_down_bytes or 0, row.used_s or 0)


def _terms(row: batch.AccountRow) -> Terms:
    return Terms(
        row.quota_bytes,
        _PERIOD_KINDS[row.period],
        row.zone,
        row.since,
        row.quota_up_bytes,
        row.quota_down_bytes,
        row.quota_s,
        _AT_LIMIT[row.at_limit],
        row.session_quota_bytes,
    )


def _account_of(row: batch.AccountRow, terms: Terms, used: Used, sealer: Sealer) -> Account:
    password, password_hash = open_password(row.password_sealed, sealer)
    slow = is_throttled(terms, used)
    return Account(
        subscriber_id=row.id,
        username=row.username,
        password=password,
        password_hash=password_hash,
        disabled=row.disabled,
        host_suspended=row.host_suspended,
        terms=terms,
        used=used,
        session_timeout_s=row.session_timeout_s,
        idle_timeout_s=row.idle_timeout_s,
        rate_up_bps=slower(row.rate_up_bps, row.throttle_up_bps) if slow else row.rate_up_bps,
        rate_down_bps=slower(row.rate_down_bps, row.throttle_down_bps) if slow else row.rate_down_bps,
        max_sessions=row.max_sessions,
        interim_interval_s=row.interim_interval_s,
        open_sessions=tuple(map(OpenSession, row.devices or (), row.heard or ())),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        valid_for_s=row.valid_for_s,
    )


async def add_attempts(connection: psycopg.AsyncConnection, made: Sequence[Attempt]) -> None:
    """Keep these attempts."""
    await attempts.add_attempts(connection, made)


async def list_attempts(
    session: AsyncSession, scope: Scope, wanted: AttemptFilter, page: PageQuery
) -> Slice[AttemptView]:
    """Logins on the scope's routers, newest first; user names of others' subscribers masked for a Host."""
    return await repository.list_attempts(session, scope, wanted, page)


async def last_attempt_of(
    session: AsyncSession, router_id: UUID, device: str, since: datetime
) -> repository.LoginAttempt | None:
    """The newest login of a device on a router since then, some seconds old at least; None where there is none.

    `device`: its address as `AA-BB-CC-DD-EE-FF`; attempts name it as its NAS writes it, in one of the usual ways.
    """
    hyphens, colons = device, device.replace("-", ":")
    bare = device.replace("-", "")
    written = [text for each in (hyphens, colons, bare) for text in (each, each.lower())]
    return await repository.find_last_attempt(session, router_id, written, _id_bound(since))


async def forget_old_attempts(session: AsyncSession, *, clock: Clock) -> int:
    """Delete some attempts of more than 30 days ago; how many: 0 when none are left."""
    return await repository.delete_attempts_before(session, _id_bound(clock.now() - ATTEMPTS_KEPT))


def _id_bound(instant: datetime) -> UUID:
    """What sorts before the ids made from then on: they begin with their milliseconds."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)


async def add_counts(session: AsyncSession, counts: Sequence[Count], *, clock: Clock) -> None:
    """Add to what routers' requests came to."""
    await repository.add_counts(session, counts, clock.now())


async def counts_of(session: AsyncSession, scope: Scope, router_id: UUID) -> list[repository.RadiusCount]:
    """What the requests of a router of the scope came to, by port and outcome. NotFoundError for any other."""
    await routers.get_router(session, scope, router_id)
    return await repository.list_counts(session, router_id)


async def forget_attempts_of(session: AsyncSession, username: str) -> None:
    """Delete the login attempts with this name, of someone who is being erased."""
    await repository.delete_attempts_of(session, username)
