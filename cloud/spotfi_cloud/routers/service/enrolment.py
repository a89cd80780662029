"""Enrolment: one-time codes are issued, and traded for a device key exactly once."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, ForbiddenError, GoneError, NotFoundError, RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.routers.device_keys import generate_device_key, hash_code_secret, hash_device_key, is_device_key
from spotfi_cloud.routers.repository import enrolment, inventory, presence
from spotfi_cloud.routers.repository.enrolment import EnrolmentCode
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_protocol.enrolment import EnrolmentCode as Code
from spotfi_protocol.errors import ProtocolError


class UnknownCodeError(ForbiddenError):
    """No router waits for this code."""

    code = "enrolment_code_unknown"


class SpentCodeError(GoneError):
    """The code was used, replaced, or is too old."""

    code = "enrolment_code_spent"


class RevokedRouterError(ForbiddenError):
    """The code's router was revoked."""

    code = "router_revoked"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who the router is from now on, and the key that proves it (shown once, stored hashed)."""

    router_id: UUID
    device_key: str


async def issue_code(
    session: AsyncSession, scope: Scope, router_id: UUID, *, ca_der: bytes, valid_for: timedelta, clock: Clock
) -> tuple[str, EnrolmentCode]:
    """A fresh code, as text for the operator, and its record; older codes of the router are void.

    ConflictError where the router is revoked or is of a kind that runs no agent.
    """
    router = await inventory.lock_router(session, scope, router_id)
    if router.revoked_at is not None:
        msg = "This router is revoked. Reinstate it first, then issue a code."
        raise ConflictError(msg)
    if not NasKind(router.nas_kind).runs_agent:
        msg = f"A NAS of kind {router.nas_kind} runs no agent, so there is nothing to enrol."
        raise ConflictError(msg)
    now = clock.now()
    code = Code.generate(ca_der)
    record = EnrolmentCode(
        id=new_id(),
        router_id=router_id,
        secret_hash=hash_code_secret(code.secret),
        created_at=now,
        expires_at=now + valid_for,
        used_at=None,
        voided_at=None,
    )
    await enrolment.void_codes(session, router_id, now)
    await enrolment.add_code(session, record)
    return str(code), record


async def enrol_router(session: AsyncSession, code_text: str, *, clock: Clock) -> Enrolled:
    """Trade a code for a new device key; the router's older key is void from the commit on.

    Of two requests with the same code one wins: both wait for the router's row. RejectedError (mistyped),
    UnknownCodeError, RevokedRouterError and SpentCodeError say in words what to do.
    """
    secret_hash = hash_code_secret(_parse(code_text).secret)
    found = await enrolment.find_code(session, secret_hash)
    if found is None:
        raise _unknown()
    try:
        router = await inventory.lock_router(session, Scope.everything(), found.router_id)
    except NotFoundError as error:
        raise _unknown() from error
    if router.revoked_at is not None:
        msg = "This router was revoked. Ask whoever runs this SpotFi to reinstate it and for a new code."
        raise RevokedRouterError(msg)
    code = await enrolment.find_code(session, secret_hash)
    assert code is not None  # codes are never deleted
    _refuse_spent(code, clock)
    key = generate_device_key()
    code.used_at = clock.now()
    await enrolment.put_key(session, router.id, hash_device_key(key), clock.now())
    await presence.end_connection(session, router.id, clock.now())
    await announce(session, Channel.ROUTER_ACCESS, str(router.id))
    await announce(session, Channel.ACCESS, "router")
    return Enrolled(router.id, key)


async def identify_device(session: AsyncSession, router_id: str, key: str) -> UUID | None:
    """The router that proves itself by this key; None for an unknown or revoked one, and for a wrong key."""
    try:
        known_id = UUID(router_id)
    except ValueError:
        return None
    key_hash = await enrolment.find_live_key(session, known_id)
    return known_id if key_hash is not None and is_device_key(key, key_hash) else None


def _parse(text: str) -> Code:
    try:
        return Code.parse(text)
    except ProtocolError as error:
        raise RejectedError(str(error), field="code") from error


def _unknown() -> UnknownCodeError:
    return UnknownCodeError("This enrolment code is not known here. Compare it with the dashboard, or issue a new one.")


def _refuse_spent(code: EnrolmentCode, clock: Clock) -> None:
    if code.used_at is not None:
        msg = "This enrolment code was used already. Issue a new one in the dashboard."
        raise SpentCodeError(msg)
    if code.voided_at is not None:
        msg = "This enrolment code was replaced by a newer one. Use that, or issue another."
        raise SpentCodeError(msg)
    if code.expires_at <= clock.now():
        msg = "This enrolment code has expired. Issue a new one in the dashboard."
        raise SpentCodeError(msg)
