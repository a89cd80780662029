"""Tables of login attempts, and of what each NAS's requests came to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

IS_REFUSED = "outcome <> 'accepted'"
"""Of a login attempt. Written out in a query beside the reason that is wanted, it lets the index of refused ones be used."""


class LoginAttempt(Base):
    """One answered Access-Request. Kept for a while and written in batches, so it refers to nothing by foreign key.

    `outcome` is `accepted` or a reason of refusal, `reason` the same in words for staff. `subscriber_id` is None where there is
    no such user.
    """

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_host_id_id", "host_id", "id"),
        Index("ix_login_attempts_username_id", "username", "id"),
        Index("ix_login_attempts_router_id_id", "router_id", "id"),
        Index("ix_login_attempts_refused", "outcome", "id", postgresql_where=text(IS_REFUSED)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    router_id: Mapped[UUID]
    host_id: Mapped[UUID]
    username: Mapped[str]
    subscriber_id: Mapped[UUID | None]
    calling_station_id: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]


class RadiusCount(Base):
    """How many requests of a router came to one outcome, since it is known. `port`: `auth` or `acct`."""

    __tablename__ = "radius_counts"

    router_id: Mapped[UUID] = mapped_column(primary_key=True)
    port: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    answered: Mapped[bool] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]
