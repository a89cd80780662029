"""Runs of a month that people order."""

import sqlalchemy as sa
from alembic import op

revision = "0033_billing_runs"
down_revision = "0032_places"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "billing_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("hosts", sa.BigInteger(), nullable=False),
        sa.Column("hosts_done", sa.BigInteger(), nullable=False),
        sa.Column("hosts_failed", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_billing_runs_state")),
        sa.PrimaryKeyConstraint("id", name="pk_billing_runs"),
    )
    op.create_index(
        "ix_billing_runs_unfinished", "billing_runs", ["id"], postgresql_where=sa.text("finished_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("billing_runs")
