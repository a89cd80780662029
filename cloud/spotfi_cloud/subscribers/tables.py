"""Table of subscribers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class Subscriber(Base):
    """A guest's account: one home host, or none (the ISP's own); may roam over every host's routers."""

    __tablename__ = "subscribers"
    # For the orders of lists: of all, of a host, of a plan; and for the few that may not log in.
    __table_args__ = (
        Index("ix_subscribers_created_at", "created_at", "id"),
        Index("ix_subscribers_host_id_created_at", "host_id", "created_at", "id"),
        Index("ix_subscribers_host_id_username", "host_id", "username", "id"),
        Index("ix_subscribers_plan_id_created_at", "plan_id", "created_at", "id"),
        Index(
            "ix_subscribers_disabled_created_at", "created_at", "id", postgresql_where=text("disabled_at IS NOT NULL")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_sealed: Mapped[bytes]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"))
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
