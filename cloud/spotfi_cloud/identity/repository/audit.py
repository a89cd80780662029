"""The audit log, the changes waiting for it, and people's keys in the database; written by statement, as accounts are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, cast, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity import tables
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page

AuditEntry = tables.AuditEntry
PendingChange = tables.PendingChange
PersonKey = tables.PersonKey
StaffAccount = tables.StaffAccount


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; None = whichever."""

    actor_id: UUID | None = None
    subject_id: UUID | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None


EntryWithActor = tuple[tables.AuditEntry, str | None]


async def note_changes(session: AsyncSession) -> None:
    """From here to its end, the transaction's changes are noted."""
    await session.execute(text("SELECT set_config('spotfi.audited', 'yes', true)"))


async def stop_noting(session: AsyncSession) -> bool:
    """From here on the transaction's changes are not noted; whether they were."""
    await session.flush()
    noted = await session.scalar(text("SELECT current_setting('spotfi.audited', true)"))
    await session.execute(text("SELECT set_config('spotfi.audited', 'no', true)"))
    return bool(noted == "yes")


async def take_changes(session: AsyncSession) -> Sequence[PendingChange]:
    """The transaction's noted changes in their order; they are noted no more."""
    await session.flush()
    mine = cast(cast(func.pg_current_xact_id(), Text()), BigInteger())
    taken = delete(PendingChange).where(PendingChange.transaction == mine).returning(PendingChange)
    return sorted((await session.scalars(taken)).all(), key=lambda change: change.position)


async def add_entries(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    await session.execute(insert(AuditEntry), rows)


async def keys_for(session: AsyncSession, fresh: dict[UUID, bytes]) -> dict[UUID, bytes]:
    """The people's keys, the fresh ones for whoever has none; erased people are left out."""
    await session.execute(
        upsert(PersonKey)
        .values([{"person_id": person_id, "key": key} for person_id, key in fresh.items()])
        .on_conflict_do_nothing()
    )
    return await find_keys(session, fresh.keys())


async def find_keys(session: AsyncSession, person_ids: Collection[UUID]) -> dict[UUID, bytes]:
    rows = await session.execute(select(PersonKey.person_id, PersonKey.key).where(PersonKey.person_id.in_(person_ids)))
    return {person_id: key for person_id, key in rows if key is not None}


async def destroy_key(session: AsyncSession, person_id: UUID) -> None:
    """Make what the log says about someone unreadable, and everything it will say."""
    await session.execute(upsert(PersonKey).values(person_id=person_id, key=None).on_conflict_do_nothing())
    await session.execute(update(PersonKey).where(PersonKey.person_id == person_id).values(key=None))


async def list_entries(session: AsyncSession, wanted: AuditFilter, page: PageQuery) -> Slice[EntryWithActor]:
    """Entries, newest first, with the e-mail of whoever acted, as far as they still have an account."""
    statement = select(AuditEntry, StaffAccount.email).outerjoin(StaffAccount, StaffAccount.id == AuditEntry.actor_id)
    for column, value in (
        (AuditEntry.actor_id, wanted.actor_id),
        (AuditEntry.subject_id, wanted.subject_id),
        (AuditEntry.kind, wanted.kind),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.since is not None:
        statement = statement.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditEntry.at < wanted.until)
    sorting = Sorting(AuditEntry.id, (AuditEntry.at,))
    return await fetch_page(session, statement, page, sorting, make=lambda row: (row[0], row[1]))
