"""Figures of all routers and guests at once, each in one statement: only of those that may be wrong, or were when last seen."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts.observation import Observation
from spotfi_cloud.alerts.rules import AlertKind

_FLEET = text(
    """
    SELECT count(*) FILTER (WHERE p.online), count(*) FILTER (WHERE lost), count(DISTINCT r.host_id) FILTER (WHERE lost)
    FROM routers r JOIN router_presence p ON p.router_id = r.id
        CROSS JOIN LATERAL (SELECT NOT p.online AND p.changed_at >= :since AS lost) AS state
    WHERE r.deleted_at IS NULL AND r.revoked_at IS NULL
    """
)

# A router whose samples come less often is missed later. An old sample proves nothing of now.
_ROUTERS = text(
    """
    SELECT r.id, r.host_id, r.name, p.online,
        CASE WHEN p.online THEN CASE WHEN silent_s > patience_s THEN silent_s ELSE 0 END END AS silent_s,
        sample.cpu_percent AS cpu, temperature_c AS temperature, memory, storage
    FROM routers r JOIN router_presence p ON p.router_id = r.id
        CROSS JOIN LATERAL (
            SELECT extract(epoch FROM :now - greatest(p.latest_taken_at, p.changed_at))::float8 AS silent_s,
                3 * r.interval_s + 240 AS patience_s
        ) AS clock
        LEFT JOIN LATERAL jsonb_to_record(
            CASE WHEN p.online AND extract(epoch FROM :now - p.latest_taken_at) <= patience_s THEN p.latest_sample END
        ) AS sample (
            cpu_percent float8, temperature_c float8, memory_total_bytes float8, memory_available_bytes float8,
            disk_total_bytes float8, disk_used_bytes float8
        ) ON true
        CROSS JOIN LATERAL (
            SELECT 100 * (memory_total_bytes - memory_available_bytes) / nullif(memory_total_bytes, 0) AS memory,
                100 * disk_used_bytes / nullif(disk_total_bytes, 0) AS storage
        ) AS share
    WHERE r.deleted_at IS NULL AND r.revoked_at IS NULL AND (
        (NOT p.online AND NOT :outage) OR (silent_s >= :telemetry_missing AND silent_s > patience_s) OR cpu_percent >= :cpu_high
        OR temperature_c >= :temperature_high OR memory >= :memory_high OR storage >= :storage_high
        OR r.id IN (SELECT subject_id FROM alert_conditions)
    )
    """
)

# Guests with usage in the last quarters, and those whose quota was short when last seen; of each the balance of now. Of the
# quotas a plan has, volume, up, down and time, the one that is nearest to its end counts.
_GUESTS = text(
    """
    WITH active AS (
        SELECT DISTINCT used.subscriber_id AS id FROM hosts h CROSS JOIN LATERAL (
            SELECT u.subscriber_id FROM usage_ledger u
            WHERE u.host_id = h.id AND u.quarter_start >= :since AND u.subscriber_id IS NOT NULL
        ) AS used
        UNION SELECT subject_id FROM alert_conditions WHERE kind IN ('quota_threshold', 'quota_exhausted')
    )
    SELECT s.id, s.host_id, share.used_percent
    FROM active JOIN subscribers s USING (id) JOIN plans ON plans.id = s.plan_id
        LEFT JOIN LATERAL (
            SELECT b.used_bytes, b.used_up_bytes, b.used_s, b.rolled_bytes FROM quota_balances b
            WHERE b.subscriber_id = s.id AND b.period_start <= :now AND CASE WHEN b.period_end IS NULL
                THEN b.period_start > coalesce(s.period_since, s.created_at) - interval '15 minutes'
                ELSE b.period_end > :now END
            ORDER BY b.period_start DESC LIMIT 1
        ) AS balance ON true
        CROSS JOIN LATERAL (
            SELECT coalesce(s.own_quota_bytes, plans.quota_bytes) + coalesce(balance.rolled_bytes, 0) + CASE
                WHEN s.granted_until IS NULL OR s.granted_until > :now THEN s.granted_bytes ELSE 0
            END AS bytes
        ) AS quota
        CROSS JOIN LATERAL (
            SELECT greatest(
                100.0 * coalesce(balance.used_bytes, 0) / nullif(quota.bytes, 0),
                100.0 * coalesce(balance.used_up_bytes, 0) / nullif(plans.quota_up_bytes, 0),
                100.0 * coalesce(balance.used_bytes - balance.used_up_bytes, 0) / nullif(plans.quota_down_bytes, 0),
                100.0 * coalesce(balance.used_s, 0) / nullif(plans.quota_s, 0)
            ) AS used_percent
        ) AS share
    WHERE share.used_percent >= :least
        OR share.used_percent IS NOT NULL AND s.id IN (SELECT subject_id FROM alert_conditions)
    """
)
_USED_WITHIN = timedelta(minutes=45)
OF_SAMPLES: Mapping[AlertKind, str] = {
    AlertKind.CPU_HIGH: "cpu",
    AlertKind.MEMORY_HIGH: "memory",
    AlertKind.STORAGE_HIGH: "storage",
    AlertKind.TEMPERATURE_HIGH: "temperature",
    AlertKind.TELEMETRY_MISSING: "silent_s",
}
ROUTER_KINDS = (AlertKind.ROUTER_OFFLINE, *OF_SAMPLES)


class FleetCount(NamedTuple):
    """Routers that are online; those that went since an instant, and of how many hosts they are."""

    online: int
    lost: int
    hosts: int


async def count_fleet(session: AsyncSession, since: datetime) -> FleetCount:
    return FleetCount(*(await session.execute(_FLEET, {"since": since})).one())


async def measure_routers(
    session: AsyncSession,
    least: Mapping[AlertKind, float],
    watched: Container[tuple[str, UUID]],
    now: datetime,
    *,
    outage: bool,
) -> list[Observation]:
    """Figures that may be wrong (`least` or more) and those watched. In an outage nobody knows who is offline."""
    thresholds = {kind.value: least[kind] for kind in OF_SAMPLES}
    found: list[Observation] = []
    for row in await session.execute(_ROUTERS, {"now": now, "outage": outage} | thresholds):
        offline = 0.0 if row.online else None if outage else 1.0
        values = {AlertKind.ROUTER_OFFLINE: offline} | {kind: getattr(row, name) for kind, name in OF_SAMPLES.items()}
        found += [
            Observation(kind, row.id, row.host_id, row.id, row.name, value)
            for kind, value in values.items()
            if (kind, row.id) in watched or (value is not None and value >= least.get(kind, 1.0))
        ]
    return found


async def measure_quotas(session: AsyncSession, least: float, now: datetime, since: datetime) -> list[Observation]:
    """How much of their quota (with top-ups and what rolled over) guests have used, in percent, for both kinds.

    Of those active since then, 45 minutes at least.
    """
    values = {"now": now, "since": min(now - _USED_WITHIN, since - _USED_WITHIN), "least": least}
    kinds = (AlertKind.QUOTA_THRESHOLD, AlertKind.QUOTA_EXHAUSTED)
    rows = (await session.execute(_GUESTS, values)).all()
    return [
        Observation(kind, row.id, row.host_id, None, None, float(row.used_percent)) for row in rows for kind in kinds
    ]


async def find_names(session: AsyncSession, router_ids: Sequence[UUID], guest_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of routers and of guests."""
    both = text(
        "SELECT id, name FROM routers WHERE id = ANY(:router_ids)"
        " UNION ALL SELECT id, username FROM subscribers WHERE id = ANY(:guest_ids)"
    )
    ids: dict[str, Any] = {"router_ids": list(router_ids), "guest_ids": list(guest_ids)}
    return {row[0]: row[1] for row in await session.execute(both, ids)}
