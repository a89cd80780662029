"""What was set in place of the default rules."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts import tables

AlertRule = tables.AlertRule


async def list_rules(session: AsyncSession) -> Sequence[AlertRule]:
    return list(await session.scalars(select(AlertRule)))


async def list_for(session: AsyncSession, host_id: UUID | None) -> Sequence[AlertRule]:
    """The host's own and the installation's."""
    return list(
        await session.scalars(select(AlertRule).where(or_(AlertRule.host_id == host_id, AlertRule.host_id.is_(None))))
    )


async def lock_rule(session: AsyncSession, host_id: UUID | None, kind: str) -> AlertRule | None:
    mine = AlertRule.host_id.is_(None) if host_id is None else AlertRule.host_id == host_id
    return await session.scalar(select(AlertRule).where(mine, AlertRule.kind == kind).with_for_update())


async def add_rule(session: AsyncSession, rule: AlertRule) -> None:
    session.add(rule)
    await session.flush()


async def delete_rule(session: AsyncSession, rule_id: UUID) -> None:
    await session.execute(delete(AlertRule).where(AlertRule.id == rule_id))
