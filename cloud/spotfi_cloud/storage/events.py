"""What happens in the fleet, in the order it became visible: written by the database's triggers, read by event streams.

Whoever changes a router's presence, a command or an enforcement need not know of events: triggers (migration 0007) write them
in the same transaction. An event's place is (transaction, number); it is read only when no older transaction can still commit,
so a reader that remembers the last place it saw misses nothing and sees nothing twice.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, delete, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

_HORIZON = text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_LAST_NUMBER = 2**62


class Event(Base):
    """Something that happened. `subject_id`: the router, command or enforcement it happened to."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_at", "at"),)

    tx: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, server_default=text("pg_current_xact_id()::text::bigint")
    )
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    kind: Mapped[str]
    host_id: Mapped[UUID | None]
    router_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    data: Mapped[dict[str, Any]]


class Place(NamedTuple):
    """Where an event stands in the order of all."""

    tx: int
    number: int

    @classmethod
    def parse(cls, value: str) -> "Place":
        """From `str(place)`. ValueError for any other text."""
        tx, number = value.split("-")
        if not (tx.isascii() and tx.isdecimal() and number.isascii() and number.isdecimal() and len(value) < 40):
            raise ValueError(value)
        return cls(min(int(tx), _LAST_NUMBER), min(int(number), _LAST_NUMBER))

    def __str__(self) -> str:
        return f"{self.tx}-{self.number}"


async def find_end(session: AsyncSession) -> Place:
    """The place after every event that can be read now, and before every later one."""
    horizon: int = (await session.execute(select(_HORIZON))).scalar_one()
    return Place(horizon - 1, _LAST_NUMBER)


async def read_events(session: AsyncSession, after: Place, limit: int) -> list[Event]:
    """Up to so many events after the place, in order."""
    beyond = tuple_(Event.tx, Event.number) > (after.tx, after.number)
    statement = select(Event).where(beyond, Event.tx < _HORIZON).order_by(Event.tx, Event.number).limit(limit)
    return list(await session.scalars(statement))


async def forget_events(session: AsyncSession, before: datetime) -> None:
    """Delete events that happened before the instant."""
    await session.execute(delete(Event).where(Event.at < before))
