"""Terminals on routers: who asked for one, when it was open, how it ended. Every change of a row is in the audit log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_terminals"
down_revision = "0014_top_ups"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = postgresql.TIMESTAMP(timezone=True)
_OPEN = sa.text("opened_at IS NOT NULL AND closed_at IS NULL")
_NOTED = """
CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON terminal_sessions
FOR EACH ROW WHEN (current_setting('spotfi.audited', true) = 'yes') EXECUTE FUNCTION audit_note()
"""


def upgrade() -> None:
    op.create_table(
        "terminal_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("router_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("login_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.Column("ticket_expires_at", _INSTANT, nullable=False),
        sa.Column("requested_at", _INSTANT, nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=True),
        sa.Column("alive_at", _INSTANT, nullable=True),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.Column("end_reason", _TEXT, nullable=True),
        sa.Column("exit_status", sa.BigInteger(), nullable=True),
        sa.Column("typed_bytes", sa.BigInteger(), nullable=False),
        sa.Column("shown_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["router_id"], ["routers.id"], name="fk_terminal_sessions_router_id_routers"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name="fk_terminal_sessions_account_id_staff_accounts",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_terminal_sessions"),
        sa.UniqueConstraint("ticket_hash", name="uq_terminal_sessions_ticket_hash"),
    )
    op.create_index("ix_terminal_sessions_router_id", "terminal_sessions", ["router_id"])
    op.create_index("ix_terminal_sessions_account_id", "terminal_sessions", ["account_id"])
    op.create_index("ix_terminal_sessions_open", "terminal_sessions", ["alive_at"], postgresql_where=_OPEN)
    op.execute(_NOTED)


def downgrade() -> None:
    op.drop_table("terminal_sessions")
