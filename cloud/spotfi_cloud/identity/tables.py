"""Tables of staff accounts and the hosts given to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Uuid, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, column_property, mapped_column

from spotfi_cloud.storage.base import Base


class StaffHost(Base):
    """A host that a Technician looks after."""

    __tablename__ = "staff_hosts"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), primary_key=True)
    host_id: Mapped[UUID] = mapped_column(ForeignKey("hosts.id"), primary_key=True, index=True)


class StaffAccount(Base):
    """Someone who signs in to the API. A Host has exactly one host; a Technician those in `staff_hosts`."""

    __tablename__ = "staff_accounts"
    __table_args__ = (
        CheckConstraint(
            "role IN ('admin', 'support', 'technician', 'host') AND (role = 'host') = (host_id IS NOT NULL)", "role"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"), index=True)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    given_host_ids: Mapped[list[UUID]] = column_property(
        select(func.coalesce(func.array_agg(StaffHost.host_id, type_=ARRAY(Uuid())), text("'{}'::uuid[]")))
        .where(StaffHost.account_id == text("staff_accounts.id"))
        .scalar_subquery()
    )
    """The hosts of a Technician, read with the account; written through `StaffHost`."""
