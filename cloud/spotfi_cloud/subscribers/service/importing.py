"""Subscribers from a CSV file: all of them or, if one line is wrong, none."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import choose_host_id
from spotfi_cloud.identity.service.audit import unlisted
from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.plans.password_storage import PasswordStorage
from spotfi_cloud.plans.service import Plan, get_default_plan, get_plan_for, list_plans_for
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.subscribers.csv_reading import Line, Problem, decode, read
from spotfi_cloud.subscribers.repository import accounts, bulk
from spotfi_cloud.subscribers.rules import AssignmentState, Validity, earlier
from spotfi_cloud.subscribers.service.conditions import Conditions, zone_of

__all__ = ["Import", "Problem", "Report", "import_subscribers"]
_Planned = tuple[Line, Plan]


@dataclass(frozen=True, slots=True)
class Import:
    """A file and what holds for all of it. `plan_id`: of lines without a plan; `dry_run`: only look."""

    data: bytes
    host_id: UUID | None
    plan_id: UUID | None
    dry_run: bool
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class Report:
    """How many lines there are, how many subscribers were made of them, and what is wrong, by line."""

    lines: int
    created: int
    problems: Sequence[Problem]


async def import_subscribers(
    session: AsyncSession, scope: Scope, wanted: Import, *, sealer: Sealer, conditions: Conditions
) -> Report:
    """Make a subscriber of every line, or none where a line is wrong.

    RejectedError where the file as a whole cannot be read; NotFoundError names `host_id` or `plan_id`.
    """
    home_id = await choose_host_id(session, scope, wanted.host_id)
    zone = await zone_of(session, home_id, conditions.default_zone)
    lines, problems = await asyncio.to_thread(lambda: read(decode(wanted.data), ZoneInfo(zone)))
    plans = _Plans(await list_plans_for(session, home_id), await _usual_plan(session, scope, wanted.plan_id, home_id))
    planned, unplanned = plans.assign(lines)
    problems += unplanned + await _taken(session, lines)
    problems.sort(key=lambda problem: (problem.line, problem.column))
    total = len(lines) + len({problem.line for problem in problems} - {line.number for line in lines})
    if problems or wanted.dry_run:
        return Report(total, 0, problems)
    rows = await asyncio.to_thread(_accounts, planned, home_id, zone, sealer, conditions.clock.now())
    await accounts.add_import(session, home_id, len(rows), wanted.account_id, conditions.clock.now())
    async with unlisted(session):
        await bulk.add_subscribers(session, rows)
        await bulk.add_assignments(session, [bulk.first_assignment(row, AssignmentState.ACTIVE) for row in rows])
    await announce(session, Channel.ACCESS, "subscriber")
    return Report(total, len(rows), [])


async def _usual_plan(session: AsyncSession, scope: Scope, plan_id: UUID | None, home_id: UUID | None) -> Plan | None:
    """Of lines that name none."""
    if plan_id is not None:
        return await get_plan_for(session, scope, plan_id, home_id)
    try:
        return await get_default_plan(session, home_id)
    except RejectedError:
        return None


class _Plans:
    """The plans a line may name, by name or id."""

    def __init__(self, plans: Sequence[Plan], usual: Plan | None) -> None:
        self._names = Counter(plan.name for plan in plans)
        self._found = {plan.name: plan for plan in plans} | {str(plan.id): plan for plan in plans}
        self._usual = usual

    def assign(self, lines: Sequence[Line]) -> tuple[list[_Planned], list[Problem]]:
        planned: list[_Planned] = []
        problems: list[Problem] = []
        for line in lines:
            plan = self._found.get(line.plan) if line.plan else self._usual
            wrong = self._wrong(line.plan, plan)
            if plan is None or wrong:
                problems.append(Problem(line.number, "plan", wrong))
            else:
                planned.append((line, plan))
        return planned, problems

    def _wrong(self, written: str, plan: Plan | None) -> str:
        if plan is None:
            return (
                "There is no plan of this name or id." if written else "No plan is named, and there is no default one."
            )
        if self._names[written] > 1:
            return "Several plans have this name; write the plan's id."
        if plan.password_storage != PasswordStorage.SEALED:
            return (
                "The plan keeps hashes of passwords, which takes too long for many: create its subscribers one by one."
            )
        return ""


async def _taken(session: AsyncSession, lines: Sequence[Line]) -> list[Problem]:
    taken = await accounts.find_taken(session, [line.username for line in lines])
    message = "This username is taken."
    return [Problem(line.number, "username", message) for line in lines if line.username in taken]


def _accounts(
    planned: Sequence[_Planned], home_id: UUID | None, zone: str, sealer: Sealer, now: datetime
) -> list[bulk.SubscriberRow]:
    ends = {plan.id: Validity(plan.valid_for_s, plan.valid_for_months, zone).end(now) for _, plan in planned}
    return [
        bulk.SubscriberRow(
            id=new_id(),
            username=line.username,
            password_sealed=sealer.seal(line.password.encode()),
            plan_id=plan.id,
            host_id=home_id,
            created_at=now,
            disabled_at=now if line.disabled else None,
            valid_from=line.valid_from,
            valid_until=line.valid_until if plan.valid_from_first_use else earlier(line.valid_until, ends[plan.id]),
            valid_for_s=plan.valid_for_s if plan.valid_from_first_use else None,
            own_max_sessions=None,
            voucher_batch_id=None,
            voucher_number=None,
        )
        for line, plan in planned
    ]
