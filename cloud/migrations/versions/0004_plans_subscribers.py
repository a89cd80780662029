"""Plans and subscribers."""

import sqlalchemy as sa
from alembic import op

revision = "0004_plans_subscribers"
down_revision = "0003_telemetry"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=True),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("quota_bytes", sa.BigInteger(), nullable=True),
        sa.Column("period", _TEXT, nullable=False),
        sa.Column("session_timeout_s", sa.BigInteger(), nullable=True),
        sa.Column("idle_timeout_s", sa.BigInteger(), nullable=True),
        sa.Column("rate_up_bps", sa.BigInteger(), nullable=True),
        sa.Column("rate_down_bps", sa.BigInteger(), nullable=True),
        sa.Column("max_sessions", sa.BigInteger(), nullable=True),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("interim_interval_s", sa.BigInteger(), nullable=False),
        sa.Column("password_storage", _TEXT, nullable=False, server_default="sealed"),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.CheckConstraint("period IN ('once', 'day', 'week', 'month')", name="ck_plans_period"),
        sa.CheckConstraint("password_storage IN ('sealed', 'argon2id')", name="ck_plans_password_storage"),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_plans_host_id_hosts"),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
    )
    op.create_index("ix_plans_host_id", "plans", ["host_id"])
    op.create_index("ix_plans_created_at", "plans", ["created_at", "id"])
    op.create_index("ix_plans_name", "plans", ["name", "id"])
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", _TEXT, nullable=False),
        sa.Column("password_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=True),
        sa.Column("disabled_at", _INSTANT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_subscribers_plan_id_plans"),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_subscribers_host_id_hosts"),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("username", name="uq_subscribers_username"),
    )
    op.create_index("ix_subscribers_created_at", "subscribers", ["created_at", "id"])
    op.create_index("ix_subscribers_host_id_created_at", "subscribers", ["host_id", "created_at", "id"])
    op.create_index("ix_subscribers_host_id_username", "subscribers", ["host_id", "username", "id"])
    op.create_index("ix_subscribers_plan_id_created_at", "subscribers", ["plan_id", "created_at", "id"])
    disabled = sa.text("disabled_at IS NOT NULL")
    op.create_index(
        "ix_subscribers_disabled_created_at", "subscribers", ["created_at", "id"], postgresql_where=disabled
    )


def downgrade() -> None:
    op.drop_table("subscribers")
    op.drop_table("plans")
