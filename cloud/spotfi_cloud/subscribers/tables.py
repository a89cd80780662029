"""Table of subscribers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class Subscriber(Base):
    """A guest's account: one home host, or none (the ISP's own); may roam over every host's routers."""

    __tablename__ = "subscribers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_sealed: Mapped[bytes]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"), index=True)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
