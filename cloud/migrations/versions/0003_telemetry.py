"""Telemetry: batches of samples as they came, partitioned by day; rollups of five minutes, hours and days; live view."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_telemetry"
down_revision = "0002_routers"
branch_labels = None
depends_on = None

_INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "telemetry_batches",
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id"), primary_key=True),
        sa.Column("boot_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("taken_at", _INSTANT, primary_key=True),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column(
            "stored_in",
            sa.BigInteger(),
            nullable=False,
            index=True,
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
        ),
        postgresql_partition_by="RANGE (taken_at)",
    )
    op.create_index("ix_telemetry_batches_router_id_taken_at", "telemetry_batches", ["router_id", "taken_at"])
    op.execute("CREATE TABLE telemetry_batches_other PARTITION OF telemetry_batches DEFAULT")
    _create_rollups("telemetry_five_minutes", postgresql_partition_by="RANGE (at)")
    op.execute("CREATE TABLE telemetry_five_minutes_other PARTITION OF telemetry_five_minutes DEFAULT")
    _create_rollups("telemetry_hours")
    _create_rollups("telemetry_days")
    op.create_table(
        "telemetry_progress",
        sa.Column("only", sa.Boolean(), primary_key=True),
        sa.Column("rolled_up_to", sa.BigInteger(), nullable=False),
    )
    op.execute("INSERT INTO telemetry_progress VALUES (true, 0)")
    op.create_table(
        "telemetry_live",
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id"), primary_key=True),
        sa.Column("until_at", _INSTANT, nullable=False),
    )


def _create_rollups(name: str, **options: Any) -> None:
    op.create_table(
        name,
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id"), primary_key=True),
        sa.Column("at", _INSTANT, primary_key=True, index=True),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        **options,
    )


def downgrade() -> None:
    for name in ("live", "progress", "days", "hours", "five_minutes", "batches"):
        op.drop_table(f"telemetry_{name}")
