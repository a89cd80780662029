"""The audit log: who changed what, when and from where, with the values before and after.

The database's triggers note each changed row of a transaction that called `begin`; `record` makes entries of the log from the
notes before the transaction is committed. Nothing that changes a row has to think of the log.
"""

import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.audited import AUDITED, Change, describe
from spotfi_cloud.identity.repository import audit as repository
from spotfi_cloud.identity.repository.audit import AuditEntry, AuditFilter, PendingChange
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.pages import PageQuery, Slice

_KEY_BYTES = 32
_NONCE_BYTES = 12


__all__ = [
    "Act",
    "ActorKind",
    "AuditFilter",
    "AuditView",
    "begin",
    "erase_person",
    "list_entries",
    "record",
    "unlisted",
]


class ActorKind(StrEnum):
    """How somebody acted."""

    PERSON = "person"
    API_KEY = "api_key"
    COMMAND_LINE = "command_line"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what, from where. `action`: method and route, or the command. Nobody: before or without a sign-in."""

    kind: ActorKind
    account_id: UUID | None
    action: str
    address: str


@dataclass(frozen=True, slots=True)
class AuditView:
    """An entry with its personal values opened; `erased` where they cannot be any more."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_email: str | None
    action: str
    address: str | None
    kind: str
    subject_id: UUID
    change: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    erased: bool


async def begin(session: AsyncSession) -> None:
    """Have the transaction's changes noted from here on."""
    await repository.note_changes(session)


@asynccontextmanager
async def unlisted(session: AsyncSession) -> AsyncIterator[None]:
    """The rows the block changes are not entered one by one: there are thousands, made by one row that is entered."""
    were_noted = await repository.stop_noting(session)
    yield
    await session.flush()
    if were_noted:
        await repository.note_changes(session)


async def record(session: AsyncSession, act: Act, *, clock: Clock) -> None:
    """Enter what the transaction changed since `begin` into the log."""
    noted = [(pending, change) for pending in await repository.take_changes(session) if (change := _described(pending))]
    if not noted:
        return
    actor_id = act.account_id or _whose_session(noted)
    people = {person for pending, _ in noted if (person := _person_of(pending))} | ({actor_id} if actor_id else set())
    keys = (
        await repository.keys_for(session, {person: secrets.token_bytes(_KEY_BYTES) for person in people})
        if people
        else {}
    )
    origin = _seal(keys.get(actor_id), {"address": act.address}) if actor_id else None
    common = {"at": clock.now(), "actor_kind": act.kind, "actor_id": actor_id, "action": act.action}
    await repository.add_entries(
        session, [common | {"origin_sealed": origin} | _entry(pending, change, keys) for pending, change in noted]
    )


def _described(pending: PendingChange) -> Change | None:
    return describe(AUDITED[pending.table_name], pending.before, pending.after)


def _whose_session(noted: Sequence[tuple[PendingChange, Change]]) -> UUID | None:
    """Who signed in by this very request, where nobody was before."""
    for pending, _ in noted:
        if pending.table_name == "staff_sessions":
            return UUID(_row(pending)["account_id"])
    return None


def _row(pending: PendingChange) -> dict[str, Any]:
    row = pending.after if pending.after is not None else pending.before
    assert row is not None
    return row


def _person_of(pending: PendingChange) -> UUID | None:
    column = AUDITED[pending.table_name].person
    return None if column is None else UUID(_row(pending)[column])


def _entry(pending: PendingChange, change: Change, keys: dict[UUID, bytes]) -> dict[str, Any]:
    person_id = _person_of(pending)
    personal = {"before": change.personal_before, "after": change.personal_after}
    is_personal = person_id is not None and any(personal.values())
    return {
        "id": new_id(),
        "kind": pending.table_name,
        "subject_id": UUID(_row(pending)[AUDITED[pending.table_name].key]),
        "change": pending.change,
        "before": change.before,
        "after": change.after,
        "person_id": person_id if is_personal else None,
        "personal_sealed": _seal(keys.get(person_id), personal) if is_personal and person_id else None,
    }


def _seal(key: bytes | None, values: dict[str, Any]) -> bytes | None:
    """AES-256-GCM under the person's key; None for an erased person, of whom nothing is kept."""
    if key is None:
        return None
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, json.dumps(values).encode(), None)


def _open(key: bytes | None, sealed: bytes | None) -> dict[str, Any] | None:
    if key is None or sealed is None:
        return None
    opened: dict[str, Any] = json.loads(AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None))
    return opened


async def list_entries(session: AsyncSession, wanted: AuditFilter, page: PageQuery) -> Slice[AuditView]:
    """Entries of the log, newest first."""
    found = await repository.list_entries(session, wanted, page)
    people = {person for entry, _ in found.items for person in (entry.actor_id, entry.person_id) if person is not None}
    keys = await repository.find_keys(session, people)
    return Slice([_view(entry, email, keys) for entry, email in found.items], found.next, found.prev)


def _view(entry: AuditEntry, email: str | None, keys: dict[UUID, bytes]) -> AuditView:
    personal = _open(keys.get(entry.person_id), entry.personal_sealed) if entry.person_id else None
    origin = _open(keys.get(entry.actor_id), entry.origin_sealed) if entry.actor_id else None
    opened = personal or {"before": {}, "after": {}}
    return AuditView(
        id=entry.id,
        at=entry.at,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        actor_email=email,
        action=entry.action,
        address=None if origin is None else origin["address"],
        kind=entry.kind,
        subject_id=entry.subject_id,
        change=entry.change,
        before=None if entry.before is None else entry.before | opened["before"],
        after=None if entry.after is None else entry.after | opened["after"],
        erased=entry.person_id is not None and personal is None,
    )


async def erase_person(session: AsyncSession, person_id: UUID) -> None:
    """Destroy someone's key: what the log says about them cannot be read any more, by nobody, and nothing is added."""
    await repository.destroy_key(session, person_id)
