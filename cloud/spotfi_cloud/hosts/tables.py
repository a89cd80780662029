"""Table of hosts, the tenants."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class Host(Base):
    """A venue owner: routers, subscribers and invoices belong to one."""

    __tablename__ = "hosts"
    __table_args__ = (Index("ix_hosts_created_at", "created_at", "id"), Index("ix_hosts_name", "name", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
    currency: Mapped[str]
    created_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]
