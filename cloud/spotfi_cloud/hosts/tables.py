"""Table of hosts, the tenants."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class Host(Base):
    """A venue owner: routers, subscribers and invoices belong to one."""

    __tablename__ = "hosts"
    __table_args__ = (
        Index("ix_hosts_created_at", "created_at", "id"),
        Index("ix_hosts_name", "name", "id"),
        Index("ix_hosts_words", text("search_words(name)"), postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
    currency: Mapped[str]
    created_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]
    """Since when logins of its guests are refused."""

    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    language: Mapped[str | None]
    brand_name: Mapped[str | None]
    brand_color: Mapped[str | None]
    logo_url: Mapped[str | None]
    welcome_text: Mapped[str | None]
    background_color: Mapped[str | None]
    support_contact: Mapped[str | None]
    terms_url: Mapped[str | None]


class HostLogo(Base):
    """The image guests see; apart from its host, which is read far more often."""

    __tablename__ = "host_logos"

    host_id: Mapped[UUID] = mapped_column(ForeignKey("hosts.id"), primary_key=True)
    content_type: Mapped[str]
    image: Mapped[bytes]
    set_at: Mapped[datetime]
