"""API keys: programs act for an account with them, with no more than the rights the key was given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.repository import api_keys as repository
from spotfi_cloud.identity.repository.api_keys import ApiKey
from spotfi_cloud.identity.rules import Area, Principal, Right
from spotfi_cloud.identity.secrets import hash_of, make_token
from spotfi_cloud.identity.service import accounts
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError, RejectedError, UnauthenticatedError
from spotfi_cloud.kernel.ids import new_id

KEY_START = "spotfi_"
"""What every API key begins with, so that people and secret scanners tell it."""
_SHOWN_CHARACTERS = len(KEY_START) + 6
_NOTED_EVERY = timedelta(minutes=1)
LONGEST_LIFE = timedelta(days=366)


async def create_key(
    session: AsyncSession,
    principal: Principal,
    name: str,
    rights: Mapping[Area, Right],
    expires_at: datetime,
    *,
    clock: Clock,
) -> tuple[ApiKey, str]:
    """A new key of one's own, and the key itself, never shown again. RejectedError for rights one has not got."""
    now = clock.now()
    for area, right in rights.items():
        if not principal.may(area, right):
            msg = f"You may not {right.name.lower()} {area} yourself."
            raise RejectedError(msg, field="rights")
    if not now < expires_at <= now + LONGEST_LIFE:
        msg = f"A key expires in the future, within {LONGEST_LIFE.days} days."
        raise RejectedError(msg, field="expires_at")
    key = KEY_START + make_token()
    made = await repository.add(
        session,
        {
            "id": new_id(),
            "account_id": principal.account_id,
            "name": name,
            "prefix": key[:_SHOWN_CHARACTERS],
            "key_hash": hash_of(key),
            "rights": {area.value: right.name.lower() for area, right in rights.items()},
            "created_at": now,
            "expires_at": expires_at,
        },
    )
    return made, key


async def list_keys(session: AsyncSession, principal: Principal) -> Sequence[ApiKey]:
    """One's own keys that are not revoked, newest first."""
    return await repository.keys_of(session, principal.account_id)


async def revoke_key(session: AsyncSession, principal: Principal, key_id: UUID, *, clock: Clock) -> None:
    """Make one of one's own keys void at once. NotFoundError for any other."""
    if not await repository.revoke(session, principal.account_id, key_id, clock.now()):
        msg = "You have no API key with this id."
        raise NotFoundError(msg)


async def find_principal_of_key(session: AsyncSession, key: str, *, clock: Clock) -> Principal:
    """Who a key stands for, with its rights. UnauthenticatedError where it is unknown, revoked or expired."""
    now = clock.now()
    found = await repository.find(session, hash_of(key))
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        msg = "This API key is unknown, revoked or expired."
        raise UnauthenticatedError(msg)
    if found.used_at is None or now - found.used_at > _NOTED_EVERY:
        await repository.note_use(session, found.id, now)
    rights = {Area(area): Right[right.upper()] for area, right in found.rights.items()}
    return replace(await accounts.find_principal(session, found.account_id), key_rights=rights)
