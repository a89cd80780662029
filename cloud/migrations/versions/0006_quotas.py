"""Quota balances, and enforcements with their proof."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_quotas"
down_revision = "0005_sessions"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = postgresql.TIMESTAMP(timezone=True)
_UNDER_WAY = sa.text("state NOT IN ('proved', 'lapsed')")


def upgrade() -> None:
    op.create_table(
        "quota_balances",
        sa.Column("subscriber_id", sa.Uuid(), sa.ForeignKey("subscribers.id"), primary_key=True),
        sa.Column("period_start", _INSTANT, primary_key=True),
        sa.Column("period_end", _INSTANT),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "enforcements",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("subscriber_id", sa.Uuid(), sa.ForeignKey("subscribers.id")),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("answer", _TEXT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("next_attempt_at", _INSTANT, nullable=False),
        sa.Column("attempted_at", _INSTANT),
        sa.Column("proved_at", _INSTANT),
        sa.CheckConstraint("reason IN ('quota', 'disabled', 'manual')", "reason"),
        sa.CheckConstraint(
            "state IN ('pending', 'sent', 'acknowledged', 'refused', 'unreachable', 'proved', 'lapsed')", "state"
        ),
    )
    op.create_index(
        "uq_enforcements_under_way_session_id",
        "enforcements",
        ["session_id"],
        unique=True,
        postgresql_where=_UNDER_WAY,
    )
    op.create_index("ix_enforcements_due", "enforcements", ["next_attempt_at"], postgresql_where=_UNDER_WAY)
    op.create_index("ix_enforcements_session_id", "enforcements", ["session_id"])
    op.execute("ALTER TABLE quota_balances SET (fillfactor = 70)")


def downgrade() -> None:
    op.drop_table("enforcements")
    op.drop_table("quota_balances")
