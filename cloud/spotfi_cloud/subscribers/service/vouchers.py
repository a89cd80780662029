"""Vouchers: accounts whose user name and password are one code, made in batches, sold when they are first used.

RADIUS proves a voucher like any other account, by PAP and by CHAP. What runs from the first use begins with the first session.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import choose_host_id
from spotfi_cloud.identity.service.audit import unlisted
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError, RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.plans.service import Plan
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.storage.pages import PageQuery, Slice
from spotfi_cloud.subscribers.repository import bulk
from spotfi_cloud.subscribers.repository import vouchers as repository
from spotfi_cloud.subscribers.repository.accounts import Subscriber
from spotfi_cloud.subscribers.repository.vouchers import VoucherBatch
from spotfi_cloud.subscribers.rules import AssignmentState, VoucherState
from spotfi_cloud.subscribers.service.accounts import choose_plan
from spotfi_cloud.subscribers.voucher_codes import new_codes, normal_form, shortest_length

__all__ = [
    "NewBatch",
    "VoucherBatch",
    "count_states",
    "create_batch",
    "find_voucher",
    "get_batch",
    "list_batches",
    "list_vouchers",
    "printable_codes",
    "revoke_batch",
]


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What is to be made. None of the plan's: as the plan has it. `account_id`: the staff account that makes them."""

    plan_id: UUID | None
    host_id: UUID | None
    count: int
    prefix: str
    code_length: int
    valid_for_s: int | None
    valid_from: datetime | None
    valid_until: datetime | None
    max_sessions: int | None
    price_minor: int | None
    note: str
    account_id: UUID | None


async def create_batch(
    session: AsyncSession, scope: Scope, wanted: NewBatch, *, sealer: Sealer, clock: Clock
) -> VoucherBatch:
    """Make the vouchers. Errors name `host_id`, `plan_id`, `code_length` (too short for so many), `valid_for_s` or
    `valid_until`."""
    home_id = await choose_host_id(session, scope, wanted.host_id)
    plan = await choose_plan(session, scope, wanted.plan_id, home_id)
    _check(wanted, plan, clock.now())
    batch = VoucherBatch(
        id=new_id(),
        host_id=home_id,
        plan_id=plan.id,
        count=wanted.count,
        prefix=wanted.prefix,
        code_length=wanted.code_length,
        valid_for_s=plan.valid_for_s if wanted.valid_for_s is None else wanted.valid_for_s,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        max_sessions=wanted.max_sessions,
        price_minor=plan.price_minor if wanted.price_minor is None else wanted.price_minor,
        currency=plan.currency,
        note=wanted.note,
        account_id=wanted.account_id,
        created_at=clock.now(),
    )
    await repository.add_batch(session, batch)
    rows = await asyncio.to_thread(_accounts, batch, sealer)
    async with unlisted(session):
        await bulk.add_subscribers(session, rows)
        await bulk.add_assignments(session, [bulk.first_assignment(row, AssignmentState.ACTIVE) for row in rows])
    return batch


def _check(wanted: NewBatch, plan: Plan, now: datetime) -> None:
    shortest = shortest_length(wanted.count)
    if wanted.code_length < shortest:
        msg = f"Codes of a batch of {wanted.count} need {shortest} characters at least, or they could be guessed."
        raise RejectedError(msg, field="code_length")
    if plan.valid_for_months is not None and wanted.valid_for_s is None:
        msg = "The plan is valid for months; say for how many seconds from its first use a voucher is."
        raise RejectedError(msg, field="valid_for_s")
    if wanted.valid_until is not None and wanted.valid_until <= max(now, wanted.valid_from or now):
        msg = "The vouchers would never be valid: this instant has passed, or is before `valid_from`."
        raise RejectedError(msg, field="valid_until")


def _accounts(batch: VoucherBatch, sealer: Sealer) -> list[bulk.SubscriberRow]:
    """An account for each new code. Vouchers are sealed whatever the plan says of passwords: their code is not a secret of a
    person's, and CHAP has to prove it."""
    return [
        bulk.SubscriberRow(
            id=new_id(),
            username=code,
            password_sealed=sealer.seal(code.encode()),
            plan_id=batch.plan_id,
            host_id=batch.host_id,
            created_at=batch.created_at,
            disabled_at=None,
            valid_from=batch.valid_from,
            valid_until=batch.valid_until,
            valid_for_s=batch.valid_for_s,
            own_max_sessions=batch.max_sessions,
            voucher_batch_id=batch.id,
            voucher_number=number,
        )
        for number, code in enumerate(new_codes(batch.count, batch.code_length, batch.prefix), start=1)
    ]


async def get_batch(session: AsyncSession, scope: Scope, batch_id: UUID, *, lock: bool = False) -> VoucherBatch:
    """One batch. NotFoundError where there is none in scope."""
    batch = await repository.find_batch(session, scope, batch_id, lock=lock)
    if batch is None:
        msg = "There is no batch of vouchers with this id."
        raise NotFoundError(msg)
    return batch


async def list_batches(
    session: AsyncSession, scope: Scope, page: PageQuery, *, host_id: UUID | None = None
) -> Slice[VoucherBatch]:
    """The batches in scope, newest first; of one host where given."""
    return await repository.list_batches(session, scope, page, host_id=host_id)


async def count_states(
    session: AsyncSession, batches: Sequence[VoucherBatch], *, clock: Clock
) -> dict[UUID, dict[VoucherState, int]]:
    """How many vouchers of each batch are unused, used, expired, revoked; states without any are 0."""
    counts = {batch.id: dict.fromkeys(VoucherState, 0) for batch in batches}
    for row in await repository.count_states(session, list(counts), clock.now()):
        counts[row.batch_id][row.state] = row.vouchers
    return counts


async def list_vouchers(
    session: AsyncSession, batch: VoucherBatch, page: PageQuery, *, state: VoucherState | None, clock: Clock
) -> Slice[Subscriber]:
    """The vouchers of a batch by number, or those in one state."""
    return await repository.list_vouchers(session, batch.id, page, state=state, now=clock.now())


async def printable_codes(
    session: AsyncSession, batch: VoucherBatch, first: int, last: int, *, clock: Clock
) -> list[tuple[int, str]]:
    """(number, code) of the vouchers between the numbers that are unused, by number."""
    return await repository.find_printable(session, batch.id, (first, last), clock.now())


async def revoke_batch(session: AsyncSession, scope: Scope, batch_id: UUID, *, clock: Clock) -> VoucherBatch:
    """No voucher of the batch lets anybody in any more, and what is open ends. Repeating changes nothing."""
    batch = await get_batch(session, scope, batch_id, lock=True)
    if batch.revoked_at is None:
        batch.revoked_at = clock.now()
        async with unlisted(session):
            await repository.revoke_all(session, batch.id, clock.now())
        await announce(session, Channel.ACCESS, "subscriber")
    return batch


async def find_voucher(session: AsyncSession, typed: str) -> Subscriber | None:
    """The voucher whose code somebody typed, however they wrote it; None where there is none."""
    return await repository.find_by_code(session, normal_form(typed))
