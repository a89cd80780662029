"""Plans: an Admin keeps the ISP's and any host's; a Host keeps its own and reads the ISP's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import choose_host_id
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ForbiddenError, NotFoundError, RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.plans import repository
from spotfi_cloud.plans.at_limit import AtLimit
from spotfi_cloud.plans.repository import Plan
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.storage.pages import PageQuery, Slice
from spotfi_cloud.storage.versions import ANY_VERSION, Expected

__all__ = [
    "Plan",
    "change_plan",
    "create_plan",
    "get_default_plan",
    "get_plan",
    "get_plan_for",
    "list_plans",
    "list_plans_for",
]


async def list_plans(
    session: AsyncSession, scope: Scope, page: PageQuery, *, search: str | None = None, host_id: UUID | None = None
) -> Slice[Plan]:
    """The plans in scope and the ISP's, newest first; only those with `search` in their names, or of one host."""
    return await repository.list_visible(session, scope, page, search=search, host_id=host_id)


async def get_plan(session: AsyncSession, scope: Scope, plan_id: UUID, *, lock: bool = False) -> Plan:
    """One plan, in scope or the ISP's. NotFoundError where there is none."""
    plan = await repository.find_visible(session, scope, plan_id, lock=lock)
    if plan is None:
        msg = "There is no plan with this id."
        raise NotFoundError(msg)
    return plan


async def get_plan_for(session: AsyncSession, scope: Scope, plan_id: UUID, host_id: UUID | None) -> Plan:
    """The plan, where a subscriber of that home host (None: the ISP's own) may have it. NotFoundError names `plan_id`."""
    plan = await repository.find_visible(session, scope, plan_id)
    if plan is None or plan.host_id not in (None, host_id):
        msg = "There is no plan with this id that the subscriber's host may use."
        raise NotFoundError(msg, field="plan_id")
    return plan


async def list_plans_for(session: AsyncSession, host_id: UUID | None) -> Sequence[Plan]:
    """Every plan that subscribers of that home host (None: the ISP's own) may have."""
    return await repository.list_for(session, host_id)


async def get_default_plan(session: AsyncSession, host_id: UUID | None) -> Plan:
    """The plan of subscribers of that home host (None: the ISP's own) for whom none is named.

    RejectedError naming `plan_id` where there is none.
    """
    plan = await repository.find_default(session, host_id)
    if plan is None:
        msg = "Name a plan: there is no default one."
        raise RejectedError(msg, field="plan_id")
    return plan


async def create_plan(
    session: AsyncSession, scope: Scope, host_id: UUID | None, fields: dict[str, Any], *, clock: Clock
) -> Plan:
    """A new plan of the host, or of the ISP where an Admin gives none. `fields` are the other columns.

    ConflictError where another became the default at the same time.
    """
    owner_id = await choose_host_id(session, scope, host_id)
    plan = Plan(id=new_id(), host_id=owner_id, created_at=clock.now(), **fields)
    _check(plan)
    if plan.is_default:
        await repository.drop_default(session, owner_id)
    async with repository.saving(session):
        repository.add_plan(session, plan)
    return plan


async def change_plan(
    session: AsyncSession, scope: Scope, plan_id: UUID, changes: dict[str, Any], *, expected: Expected = ANY_VERSION
) -> Plan:
    """Change the given fields. ForbiddenError where a Host changes a plan of the ISP's; StaleError where it is not the
    expected one, ConflictError where another became the default at the same time."""
    plan = await get_plan(session, scope, plan_id, lock=True)
    if not scope.covers(plan.host_id):
        msg = "This plan is the ISP's; only an Admin may change it."
        raise ForbiddenError(msg)
    expected.require(plan)
    if changes.get("is_default"):
        await repository.drop_default(session, plan.host_id)
        await session.refresh(plan)
    async with repository.saving(session):
        for name, value in changes.items():
            setattr(plan, name, value)
        _check(plan)
    await announce(session, Channel.ACCESS, "plan")
    return plan


def _check(plan: Plan) -> None:
    _check_validity(plan)
    if plan.at_limit == AtLimit.THROTTLE and plan.throttle_up_bps is None and plan.throttle_down_bps is None:
        msg = "Say to what speed the plan throttles: up, down or both."
        raise RejectedError(msg, field="throttle_down_bps")
    if plan.rollover_percent and plan.quota_bytes is None:
        msg = "Only volume rolls over: give the plan a quota of bytes."
        raise RejectedError(msg, field="rollover_percent")
    if plan.warn_at_percent is not None:  # the database's default otherwise
        plan.warn_at_percent = sorted(set(plan.warn_at_percent))


def _check_validity(plan: Plan) -> None:
    if plan.valid_for_s is not None and plan.valid_for_months is not None:
        msg = "Give the validity in seconds or in months, not both."
        raise RejectedError(msg, field="valid_for_months")
    if plan.valid_from_first_use and plan.valid_for_s is None:
        msg = "Say for how many seconds from the first use the plan is valid."
        raise RejectedError(msg, field="valid_for_s")
