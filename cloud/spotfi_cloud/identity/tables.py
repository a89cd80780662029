"""Tables of staff accounts, the hosts given to them, and what they sign in with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Uuid, func, select, text
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
    password_hash: Mapped[str | None]
    """None until an invitation is taken."""
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


class StaffSession(Base):
    """A sign-in that lasts: a family of refresh tokens, of which only the newest is good."""

    __tablename__ = "staff_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str]
    user_agent: Mapped[str]


class RefreshToken(Base):
    """A refresh token, by its hash; the used ones are kept to tell when one comes a second time."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("staff_sessions.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime | None]


class SignInDelay(Base):
    """Failed sign-ins of one client address, or of one account from one client address, by a hash of them."""

    __tablename__ = "sign_in_delays"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(index=True)
    retry_at: Mapped[datetime]


class SecondFactor(Base):
    """An account's TOTP secret; in force once confirmed. `last_step` is the latest time step a code was taken of."""

    __tablename__ = "second_factors"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), primary_key=True)
    secret_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int]


class RecoveryCode(Base):
    """A code that stands in for the second factor once."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class ApiKey(Base):
    """A key for a program that acts for an account, with no more than the rights given."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    rights: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AccountLink(Base):
    """A link that sets an account's password once: from an invitation or a password reset."""

    __tablename__ = "account_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OutgoingMail(Base):
    """An e-mail that is to be sent; deleted once it is. One with a link is written only then, others have their text here.

    `attachment`: a PDF.
    """

    __tablename__ = "mail_outbox"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str | None]
    text: Mapped[str | None]
    attachment_name: Mapped[str | None]
    attachment: Mapped[bytes | None]
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime] = mapped_column(index=True)


class AuditEntry(Base):
    """One change of one row by one actor. The database refuses to change or delete it."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_at", "at", "id"),
        Index("ix_audit_log_actor_id_at", "actor_id", "at", "id"),
        Index("ix_audit_log_subject_id_at", "subject_id", "at", "id"),
        Index("ix_audit_log_kind_at", "kind", "at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    origin_sealed: Mapped[bytes | None]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    change: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    person_id: Mapped[UUID | None]
    personal_sealed: Mapped[bytes | None]


class PersonKey(Base):
    """The key that what the log says about one person is sealed with; null once the person was erased."""

    __tablename__ = "person_keys"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[bytes | None]


class PendingChange(Base):
    """A change the database noted in a transaction that has not ended; nobody else ever sees one."""

    __tablename__ = "audit_pending"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy's way to say it

    position: Mapped[int] = mapped_column(Identity(), primary_key=True)
    transaction: Mapped[int] = mapped_column(index=True)
    table_name: Mapped[str]
    change: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
