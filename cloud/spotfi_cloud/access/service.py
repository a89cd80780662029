"""Logins: the accounts of a batch of Access-Requests."""

from collections.abc import Iterable

import psycopg

from spotfi_cloud.access import batch
from spotfi_cloud.access.rules import Account, OpenSession
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.quotas.rules import Terms, period_at
from spotfi_cloud.subscribers.passwords import open_password


async def find_accounts(
    connection: psycopg.AsyncConnection, usernames: Iterable[str], sealer: Sealer, *, clock: Clock, default_zone: str
) -> dict[str, Account]:
    """The accounts of these user names, in one statement; names that do not exist are missing.

    `sealer` opens passwords (purpose `subscriber-password`). Raises SealError where the secret key is another one.
    """
    now = clock.now()
    accounts = {}
    for row in await batch.find_accounts(connection, sorted(usernames), now, default_zone):
        terms = Terms(row.quota_bytes, PeriodKind(row.period), row.zone, row.created_at)
        period = period_at(terms, now)
        used_bytes = row.used_bytes or 0
        if row.period_start is not None and (row.period_start, row.period_end) != (period.start, period.end):
            # A balance of earlier terms: until accounting makes the new one, the ledger knows.
            used_bytes = await batch.sum_ledger(connection, row.id, period.start, period.end)
        accounts[row.username] = _account(row, terms, used_bytes, sealer)
    return accounts


def _account(row: batch.AccountRow, terms: Terms, used_bytes: int, sealer: Sealer) -> Account:
    password, password_hash = open_password(row.password_sealed, sealer)
    return Account(
        subscriber_id=row.id,
        username=row.username,
        password=password,
        password_hash=password_hash,
        disabled=row.disabled,
        host_suspended=row.host_suspended,
        terms=terms,
        used_bytes=used_bytes,
        session_timeout_s=row.session_timeout_s,
        idle_timeout_s=row.idle_timeout_s,
        rate_up_bps=row.rate_up_bps,
        rate_down_bps=row.rate_down_bps,
        max_sessions=row.max_sessions,
        interim_interval_s=row.interim_interval_s,
        open_sessions=tuple(map(OpenSession, row.devices or (), row.heard or ())),
    )
