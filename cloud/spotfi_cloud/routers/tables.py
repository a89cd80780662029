"""Tables of routers, their keys and enrolment codes, their presence, and the commands to them.

The broker reads none of these; it reads the view `broker_access` (migration 0002), which shows key hashes of routers that
may connect.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

ROUTER_TEXT = "(((name || ' '::text) || nas_identifier) || ' '::text) || COALESCE(address, ''::text)"
"""What a search looks through; in PostgreSQL's own spelling, as the index has to be the same expression."""


class Router(Base):
    """A router, or another NAS, of one host. Deleted ones stay: usage and invoices point to them."""

    __tablename__ = "routers"
    __table_args__ = (
        CheckConstraint("nas_kind IN ('agent', 'uspot', 'coovachilli', 'opennds', 'mikrotik', 'generic')", "nas_kind"),
        CheckConstraint("coa_port BETWEEN 1 AND 65535", "coa_port"),
        CheckConstraint("interval_s BETWEEN 1 AND 3600", "interval_s"),
        CheckConstraint("latitude BETWEEN -90 AND 90", "latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", "longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", "position"),
        # For the orders of lists, of all and of a host.
        Index("ix_routers_created_at", "created_at", "id"),
        Index("ix_routers_name", "name", "id"),
        Index("ix_routers_host_id_created_at", "host_id", "created_at", "id"),
        Index("ix_routers_host_id_name", "host_id", "name", "id"),
        Index("ix_routers_words", text(f"search_words({ROUTER_TEXT})"), postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID] = mapped_column(ForeignKey("hosts.id"))
    name: Mapped[str]
    nas_kind: Mapped[str]
    address: Mapped[str | None]
    nas_identifier: Mapped[str] = mapped_column(unique=True)
    radius_secret_sealed: Mapped[bytes]
    uam_secret_sealed: Mapped[bytes | None]
    """Shared with the captive portal on it, which signs guests' way to their page with it; None: it signs nothing."""
    legacy_radius: Mapped[bool]
    swapped_counters: Mapped[bool | None]
    radsec_certificate_sha256: Mapped[str | None] = mapped_column(unique=True)
    coa_port: Mapped[int]
    interval_s: Mapped[int]
    latitude: Mapped[float | None] = mapped_column(Double())
    longitude: Mapped[float | None] = mapped_column(Double())
    """Where it stands, in degrees (WGS 84); both or neither."""
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class RouterKey(Base):
    """The device key a router got at its enrolment, as a hash (`routers.device_keys`)."""

    __tablename__ = "router_keys"

    router_id: Mapped[UUID] = mapped_column(ForeignKey("routers.id"), primary_key=True)
    key_hash: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class EnrolmentCode(Base):
    """A one-time code: the SHA-256, in hex, of its ten secret bytes."""

    __tablename__ = "enrolment_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID] = mapped_column(ForeignKey("routers.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]


class RouterPresence(Base):
    """What the cloud last heard of a router. `ended`: its connection is known to be over, so only a hello brings it back."""

    __tablename__ = "router_presence"

    router_id: Mapped[UUID] = mapped_column(ForeignKey("routers.id"), primary_key=True)
    online: Mapped[bool]
    ended: Mapped[bool]
    changed_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    boot_id: Mapped[UUID | None]
    connection: Mapped[int | None]
    hello: Mapped[dict[str, Any] | None]
    latest_sample: Mapped[dict[str, Any] | None]
    latest_taken_at: Mapped[datetime | None]


_TERMINAL_OPEN = "opened_at IS NOT NULL AND closed_at IS NULL"
_OPEN = text("state IN ('queued', 'sent', 'accepted')")


class Command(Base):
    """An order to a router and how far it got. `reported` is a success whose output is not complete yet.

    `cancelling_since`: taken back when the router may have had it, and the router has not answered to that yet.
    """

    __tablename__ = "commands"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'sent', 'accepted', 'succeeded', 'failed', 'expired', 'cancelled')", "state"
        ),
        UniqueConstraint("router_id", "idempotency_key"),
        Index("ix_commands_router_id_created_at", "router_id", "created_at"),
        Index("ix_commands_open", "router_id", "id", postgresql_where=_OPEN),
        Index("ix_commands_finished_at", "finished_at"),
        Index("ix_commands_cancelling", "router_id", postgresql_where=text("cancelling_since IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID] = mapped_column(ForeignKey("routers.id"))
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    state: Mapped[str]
    deadline_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    boot_id: Mapped[UUID | None]
    reported: Mapped[dict[str, Any] | None]
    reported_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str | None]
    limit_s: Mapped[int | None]
    cancelling_since: Mapped[datetime | None]


class CommandOutput(Base):
    """A piece of a command's output, counted from 0."""

    __tablename__ = "command_output"

    command_id: Mapped[UUID] = mapped_column(ForeignKey("commands.id"), primary_key=True)
    piece: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes]


class TerminalSession(Base):
    """A terminal somebody asked for: its one-time ticket, when it was open, and how it ended (`terminals.Ending`)."""

    __tablename__ = "terminal_sessions"
    __table_args__ = (Index("ix_terminal_sessions_open", "alive_at", postgresql_where=text(_TERMINAL_OPEN)),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID] = mapped_column(ForeignKey("routers.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True)
    login_id: Mapped[UUID | None]
    """The session of the person's sign-in; the terminal ends with it."""
    ticket_hash: Mapped[bytes] = mapped_column(unique=True)
    ticket_expires_at: Mapped[datetime]
    requested_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    alive_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    exit_status: Mapped[int | None]
    typed_bytes: Mapped[int]
    shown_bytes: Mapped[int]
