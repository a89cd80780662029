"""RADIUS sessions and the usage ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_sessions"
down_revision = "0004_plans_subscribers"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = postgresql.TIMESTAMP(timezone=True)
_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _create_sessions()
    op.create_table(
        "usage_ledger",
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("quarter_start", _INSTANT, primary_key=True),
        sa.Column("router_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("subscriber_id", sa.Uuid()),
        sa.Column("up_bytes", sa.BigInteger(), nullable=False),
        sa.Column("down_bytes", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_usage_ledger_host_id_quarter_start", "usage_ledger", ["host_id", "quarter_start"])
    op.create_index("ix_usage_ledger_subscriber_id_quarter_start", "usage_ledger", ["subscriber_id", "quarter_start"])
    # Both are updated in place again and again: room in each page keeps the updates off the indexes (HOT).
    op.execute("ALTER TABLE sessions SET (fillfactor = 70)")
    op.execute("ALTER TABLE usage_ledger SET (fillfactor = 80)")


def _create_sessions() -> None:
    texts = ("calling_station_id", "called_station_id", "framed_ip", "nas_address", "login")
    counters = ("session_time_s", "up_bytes", "down_bytes", "refused_updates")
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id"), nullable=False),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("hosts.id"), nullable=False),
        sa.Column("acct_session_id", _TEXT, nullable=False),
        sa.Column("username", _TEXT, nullable=False),
        sa.Column("subscriber_id", sa.Uuid(), sa.ForeignKey("subscribers.id")),
        *(sa.Column(name, _TEXT, nullable=False) for name in texts),
        sa.Column("known_up_bytes", sa.BigInteger(), nullable=False),
        sa.Column("known_down_bytes", sa.BigInteger(), nullable=False),
        sa.Column("gigawords", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in counters),
        *(sa.Column(name, _INSTANT, nullable=False) for name in ("started_at", "updated_at", "heard_at")),
        sa.Column("ended_at", _INSTANT),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("terminate_cause", _TEXT, nullable=False),
        sa.UniqueConstraint("router_id", "acct_session_id", "username"),
    )
    op.create_index("ix_sessions_host_id_id", "sessions", ["host_id", "id"])
    op.create_index("ix_sessions_router_id_id", "sessions", ["router_id", "id"])
    op.create_index("ix_sessions_subscriber_id_id", "sessions", ["subscriber_id", "id"])
    op.create_index("ix_sessions_open_router_id", "sessions", ["router_id"], postgresql_where=_OPEN)
    op.create_index("ix_sessions_open_subscriber_id", "sessions", ["subscriber_id"], postgresql_where=_OPEN)


def downgrade() -> None:
    op.drop_table("usage_ledger")
    op.drop_table("sessions")
