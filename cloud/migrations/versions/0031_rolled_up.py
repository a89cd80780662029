"""How far the rollups are in time, beside how far in messages: each bucket is computed once it is over."""

import sqlalchemy as sa
from alembic import op

revision = "0031_rolled_up"
down_revision = "0030_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("telemetry_progress", sa.Column("seen_to", sa.BigInteger(), nullable=True))
    op.add_column("telemetry_progress", sa.Column("closed_before", sa.TIMESTAMP(timezone=True), nullable=True))
    op.execute(
        "UPDATE telemetry_progress SET seen_to = rolled_up_to, "
        "closed_before = date_bin('5 minutes', now() - interval '15 minutes', 'epoch')"
    )
    op.alter_column("telemetry_progress", "seen_to", nullable=False)
    op.alter_column("telemetry_progress", "closed_before", nullable=False)


def downgrade() -> None:
    op.drop_column("telemetry_progress", "closed_before")
    op.drop_column("telemetry_progress", "seen_to")
