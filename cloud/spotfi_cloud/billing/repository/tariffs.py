"""Tariffs and parties in the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing import tables
from spotfi_cloud.billing.rules import Direction, Tax, TaxCategory, Terms, Tier, TierMode
from spotfi_cloud.kernel.ids import new_id

Tariff = tables.Tariff


def terms_of(tariff: tables.Tariff) -> Terms:
    """A stored tariff as the rules know it."""
    tiers = (Tier(0, tariff.price_per_gb_minor), *(Tier(above, price) for above, price in tariff.tiers))
    return Terms(
        direction=Direction(tariff.direction),
        base_fee_minor=tariff.base_fee_minor,
        router_fee_minor=tariff.router_fee_minor,
        included_bytes=tariff.included_bytes,
        tier_mode=TierMode(tariff.tier_mode),
        tiers=tiers,
        sales_share_percent=tariff.sales_share_percent,
        discount_percent=tariff.discount_percent,
        minimum_minor=tariff.minimum_minor,
        maximum_minor=tariff.maximum_minor,
        tax=Tax(TaxCategory(tariff.tax_category), tariff.tax_rate_percent, tariff.tax_inclusive),
    )


def _values(terms: Terms) -> dict[str, Any]:
    first, *more = terms.tiers
    return {
        "direction": terms.direction.value,
        "base_fee_minor": terms.base_fee_minor,
        "router_fee_minor": terms.router_fee_minor,
        "price_per_gb_minor": first.price_per_gb_minor,
        "included_bytes": terms.included_bytes,
        "tier_mode": terms.tier_mode.value,
        "tiers": [[tier.above_bytes, tier.price_per_gb_minor] for tier in more],
        "sales_share_percent": terms.sales_share_percent,
        "discount_percent": terms.discount_percent,
        "minimum_minor": terms.minimum_minor,
        "maximum_minor": terms.maximum_minor,
        "tax_category": terms.tax.category.value,
        "tax_rate_percent": terms.tax.rate_percent,
        "tax_inclusive": terms.tax.inclusive,
    }


async def save_tariff(
    session: AsyncSession, host_id: UUID, valid_from: date, terms: Terms, created_at: datetime
) -> Tariff:
    """Insert the host's tariff from the day on, or replace the one that starts on the same day."""
    values = _values(terms)
    statement = insert(Tariff).values(
        id=new_id(), host_id=host_id, valid_from=valid_from, created_at=created_at, **values
    )
    statement = statement.on_conflict_do_update(index_elements=["host_id", "valid_from"], set_=values)
    rows = await session.scalars(statement.returning(Tariff), execution_options={"populate_existing": True})
    return rows.one()


async def tariffs_of(session: AsyncSession, host_ids: Collection[UUID]) -> dict[UUID, list[Tariff]]:
    """All tariffs of the hosts, each host's in the order in which they hold."""
    found: dict[UUID, list[Tariff]] = {host_id: [] for host_id in host_ids}
    statement = select(Tariff).where(Tariff.host_id.in_(host_ids)).order_by(Tariff.host_id, Tariff.valid_from)
    for tariff in await session.scalars(statement):
        found[tariff.host_id].append(tariff)
    return found


async def find_tariff(session: AsyncSession, host_id: UUID, valid_from: date) -> Tariff | None:
    own = select(Tariff).where(Tariff.host_id == host_id, Tariff.valid_from == valid_from)
    return await session.scalar(own.with_for_update())


async def delete_tariff(session: AsyncSession, tariff: Tariff) -> None:
    await session.execute(delete(Tariff).where(Tariff.id == tariff.id))


async def find_parties(session: AsyncSession, host_ids: Sequence[UUID | None]) -> Mapping[UUID | None, dict[str, Any]]:
    """The details there are, by host; None: the installation's own."""
    party = tables.BillingParty
    hosts = [host_id for host_id in host_ids if host_id is not None]
    wanted = party.host_id.in_(hosts) | (party.host_id.is_(None) if None in host_ids else party.host_id.in_(()))
    return {each.host_id: each.details for each in await session.scalars(select(party).where(wanted))}


async def lock_party(session: AsyncSession, host_id: UUID | None) -> dict[str, Any]:
    """The details, which until the end of the transaction nobody else changes; empty where there are none yet."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"party {host_id}", 0))))
    return (await find_parties(session, [host_id])).get(host_id, {})


async def save_party(session: AsyncSession, host_id: UUID | None, details: dict[str, Any]) -> None:
    statement = insert(tables.BillingParty).values(id=new_id(), host_id=host_id, details=details)
    await session.execute(statement.on_conflict_do_update(index_elements=["host_id"], set_={"details": details}))
