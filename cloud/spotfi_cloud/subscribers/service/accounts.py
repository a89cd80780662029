"""Subscribers: guests' accounts, kept by an Admin or by the Host whose they are."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import choose_host_id
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.plans.password_storage import PasswordStorage
from spotfi_cloud.plans.service import Plan, get_default_plan, get_plan_for
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.storage.pages import PageQuery, Slice
from spotfi_cloud.storage.versions import ANY_VERSION, Expected
from spotfi_cloud.subscribers.passwords import store_password
from spotfi_cloud.subscribers.repository import accounts as repository
from spotfi_cloud.subscribers.repository import assignments
from spotfi_cloud.subscribers.repository.accounts import Subscriber, SubscriberFilter
from spotfi_cloud.subscribers.rules import EndReason
from spotfi_cloud.subscribers.service.activation import activate, begin_first, new_assignment
from spotfi_cloud.subscribers.service.conditions import Conditions, zone_of

EVERY_SUBSCRIBER = SubscriberFilter()
_ERASED_PASSWORD_BYTES = 32
PASSWORD_PURPOSE = "subscriber-password"  # noqa: S105 - a purpose of sealing, no secret
"""What the Sealer of subscribers' passwords is made for."""


async def list_subscribers(
    session: AsyncSession, scope: Scope, page: PageQuery, wanted: SubscriberFilter = EVERY_SUBSCRIBER
) -> Slice[Subscriber]:
    """The wanted ones of the subscribers in scope, newest first."""
    return await repository.list_subscribers(session, scope, page, wanted)


async def get_subscriber(session: AsyncSession, scope: Scope, subscriber_id: UUID, *, lock: bool = False) -> Subscriber:
    """One subscriber. NotFoundError where there is none in scope."""
    subscriber = await repository.find_subscriber(session, scope, subscriber_id, lock=lock)
    if subscriber is None:
        msg = "There is no subscriber with this id."
        raise NotFoundError(msg)
    return subscriber


async def create_subscriber(
    session: AsyncSession,
    scope: Scope,
    *,
    username: str,
    password: str,
    plan_id: UUID | None,
    host_id: UUID | None,
    sealer: Sealer,
    clock: Clock,
    default_zone: str,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Subscriber:
    """A new subscriber, with the default plan where none is named, valid between the instants given at most.

    NotFoundError names `host_id` or `plan_id`, RejectedError a missing `plan_id`, ConflictError a `username` that is taken.
    `default_zone`: of months where there is no home host.
    """
    home_id = await choose_host_id(session, scope, host_id)
    plan = await choose_plan(session, scope, plan_id, home_id)
    subscriber = Subscriber(
        id=new_id(),
        username=username,
        password_sealed=await store_password(password, PasswordStorage(plan.password_storage), sealer),
        plan_id=plan.id,
        host_id=home_id,
        created_at=clock.now(),
        valid_from=valid_from,
        valid_until=valid_until,
        granted_bytes=0,
    )
    async with repository.saving(session):
        repository.add_subscriber(session, subscriber)
    await begin_first(session, subscriber, plan, await zone_of(session, home_id, default_zone), clock=clock)
    await announce(session, Channel.ACCESS, "subscriber")
    return subscriber


async def choose_plan(session: AsyncSession, scope: Scope, plan_id: UUID | None, home_id: UUID | None) -> Plan:
    """The plan named, where subscribers of that host may have it, else the default one. Errors as in `create_subscriber`."""
    if plan_id is None:
        return await get_default_plan(session, home_id)
    return await get_plan_for(session, scope, plan_id, home_id)


async def change_subscriber(
    session: AsyncSession,
    scope: Scope,
    subscriber_id: UUID,
    changes: dict[str, Any],
    *,
    sealer: Sealer,
    conditions: Conditions,
    expected: Expected = ANY_VERSION,
) -> Subscriber:
    """Change the given ones of `username`, `password`, `plan_id`, `host_id`, `disabled`, `valid_from`. Another plan begins now.

    Errors as in `create_subscriber`; StaleError where the subscriber is not the expected one.
    """
    subscriber = await get_subscriber(session, scope, subscriber_id, lock=True)
    expected.require(subscriber)
    if "host_id" in changes or "plan_id" in changes:
        await _move(session, scope, subscriber, changes, conditions)
    if "password" in changes:
        plan = await get_plan_for(session, scope, subscriber.plan_id, subscriber.host_id)
        storage = PasswordStorage(plan.password_storage)
        subscriber.password_sealed = await store_password(changes["password"], storage, sealer)
    if "disabled" in changes:
        _set_disabled(subscriber, changes["disabled"], conditions.clock)
    async with repository.saving(session):
        subscriber.username = changes.get("username", subscriber.username)
        subscriber.valid_from = changes.get("valid_from", subscriber.valid_from)
    await announce(session, Channel.ACCESS, "subscriber")
    return subscriber


async def _move(
    session: AsyncSession, scope: Scope, subscriber: Subscriber, changes: dict[str, Any], conditions: Conditions
) -> None:
    """To another home host, or to another plan, which begins now."""
    home_id = await choose_host_id(session, scope, changes.get("host_id", subscriber.host_id))
    plan = await get_plan_for(session, scope, changes.get("plan_id", subscriber.plan_id), home_id)
    subscriber.host_id = home_id
    if plan.id != subscriber.plan_id:
        assignment = new_assignment(subscriber.id, plan.id, clock=conditions.clock)
        await assignments.add_assignment(session, assignment)
        await activate(session, subscriber, assignment, EndReason.REPLACED, conditions)


async def disable_subscriber(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, *, clock: Clock, expected: Expected = ANY_VERSION
) -> None:
    """The subscriber may log in no more; its sessions and invoices stay. NotFoundError where there is none in scope."""
    subscriber = await get_subscriber(session, scope, subscriber_id, lock=True)
    expected.require(subscriber)
    _set_disabled(subscriber, True, clock)
    await announce(session, Channel.ACCESS, "subscriber")


def _set_disabled(subscriber: Subscriber, disabled: bool, clock: Clock) -> None:
    if disabled != (subscriber.disabled_at is not None):
        subscriber.disabled_at = clock.now() if disabled else None


async def erase_subscriber(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, *, sealer: Sealer, clock: Clock
) -> tuple[str, str]:
    """Take name and password out of the account for good: (name it had, name that stands for it now). It stays, disabled."""
    subscriber = await get_subscriber(session, scope, subscriber_id, lock=True)
    before, after = subscriber.username, f"erased-{subscriber.id}"
    subscriber.password_sealed = sealer.seal(secrets.token_bytes(_ERASED_PASSWORD_BYTES))  # that nobody knows
    _set_disabled(subscriber, True, clock)
    async with repository.saving(session):
        subscriber.username = after
    await repository.clear_notes(session, subscriber.id)
    await announce(session, Channel.ACCESS, "subscriber")
    return before, after
