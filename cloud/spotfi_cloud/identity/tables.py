"""Table of staff accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class StaffAccount(Base):
    """Someone who signs in to the API: an Admin, or a Host of exactly one host."""

    __tablename__ = "staff_accounts"
    __table_args__ = (
        CheckConstraint("(role = 'admin' AND host_id IS NULL) OR (role = 'host' AND host_id IS NOT NULL)", "role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"), index=True)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
