"""Telemetry samples, as routers send them: counters and gauges, one row per moment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_telemetry"
down_revision = "0002_routers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "telemetry_samples",
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id"), primary_key=True),
        sa.Column("boot_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("ordinal", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("taken_at", postgresql.TIMESTAMP(timezone=True), nullable=False, index=True),
        sa.Column("mono_ms", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        sa.Column("uptime_s", sa.BigInteger(), nullable=False),
        sa.Column("cpu_busy_ms", sa.BigInteger()),
        sa.Column("cpu_total_ms", sa.BigInteger()),
        sa.Column("load", postgresql.ARRAY(sa.Double())),
        sa.Column("memory_total_bytes", sa.BigInteger()),
        sa.Column("memory_available_bytes", sa.BigInteger()),
        sa.Column("disk_total_bytes", sa.BigInteger()),
        sa.Column("disk_used_bytes", sa.BigInteger()),
        sa.Column("temperature_c", sa.Double()),
        sa.Column("interfaces", postgresql.JSONB(), nullable=False),
    )
    op.create_index("ix_telemetry_samples_router_id_taken_at", "telemetry_samples", ["router_id", "taken_at"])


def downgrade() -> None:
    op.drop_table("telemetry_samples")
