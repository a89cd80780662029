"""Validity of plans, a default plan, periods from the start; assignments of plans to subscribers, with history."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_assignments"
down_revision = "0010_access"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = postgresql.TIMESTAMP(timezone=True)
_KINDS = "'once', 'day', 'week', 'month'"
_FROM_START = "'day_from_start', 'week_from_start', 'month_from_start'"
_ACTIVE, _QUEUED = sa.text("state = 'active'"), sa.text("state = 'queued'")
_NOTED = """
CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON assignments
FOR EACH ROW WHEN (current_setting('spotfi.audited', true) = 'yes') EXECUTE FUNCTION audit_note()
"""
# Who signed up before there were assignments has had the present plan ever since.
_HISTORY = """
INSERT INTO assignments (id, subscriber_id, plan_id, state, created_at, started_at, first_started_at)
SELECT gen_random_uuid(), id, plan_id, 'active', created_at, created_at, created_at FROM subscribers
"""


def _allow_periods(kinds: str) -> None:
    for name in ("ck_plans_period", "ck_plans_ck_plans_period"):  # 0004 was given its prefix twice
        op.execute(f"ALTER TABLE plans DROP CONSTRAINT IF EXISTS {name}")
    op.create_check_constraint(op.f("ck_plans_period"), "plans", f"period IN ({kinds})")


def _plans() -> None:
    _allow_periods(f"{_KINDS}, {_FROM_START}")
    op.add_column("plans", sa.Column("valid_for_s", sa.BigInteger()))
    op.add_column("plans", sa.Column("valid_for_months", sa.BigInteger()))
    for name in ("valid_from_first_use", "is_default"):
        op.add_column("plans", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_check_constraint(op.f("ck_plans_validity"), "plans", "valid_for_s IS NULL OR valid_for_months IS NULL")
    is_default, of_isp = sa.text("is_default"), sa.text("is_default AND host_id IS NULL")
    op.create_index("uq_plans_default_of_host", "plans", ["host_id"], unique=True, postgresql_where=is_default)
    op.create_index("uq_plans_default_of_isp", "plans", ["is_default"], unique=True, postgresql_where=of_isp)


def _subscribers() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        *(sa.Column(name, _INSTANT) for name in ("valid_from", "valid_until")),
        sa.Column("valid_for_s", sa.BigInteger()),
        sa.Column("first_used_at", _INSTANT),
        sa.Column("first_router_id", sa.Uuid()),
        sa.Column("period_since", _INSTANT),
        *(sa.Column(f"own_{name}", sa.BigInteger()) for name in ("quota_bytes", "rate_up_bps", "rate_down_bps")),
        sa.Column("own_max_sessions", sa.BigInteger()),
        sa.Column("granted_bytes", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("granted_until", _INSTANT),
    )
    for column in columns:
        op.add_column("subscribers", column)
    op.create_foreign_key(
        "fk_subscribers_first_router_id_routers", "subscribers", "routers", ["first_router_id"], ["id"]
    )
    waiting = sa.text("valid_for_s IS NOT NULL")
    op.create_index("ix_subscribers_waiting", "subscribers", ["id"], postgresql_where=waiting)


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("subscriber_id", sa.Uuid(), sa.ForeignKey("subscribers.id"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), sa.ForeignKey("plans.id"), nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        *(sa.Column(name, _INSTANT) for name in ("starts_at", "started_at", "valid_until", "ended_at")),
        sa.Column("end_reason", _TEXT),
        sa.Column("renews", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("first_started_at", _INSTANT),
        sa.Column("renewals", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        *(sa.Column(name, sa.BigInteger()) for name in ("quota_bytes", "rate_up_bps", "rate_down_bps", "max_sessions")),
        sa.Column("note", _TEXT, nullable=False, server_default=""),
        sa.CheckConstraint("state IN ('queued', 'active', 'ended', 'cancelled')", "state"),
    )
    op.create_index("ix_assignments_subscriber_id_id", "assignments", ["subscriber_id", "id"])
    op.create_index("ix_assignments_plan_id", "assignments", ["plan_id"])
    op.create_index("uq_assignments_active", "assignments", ["subscriber_id"], unique=True, postgresql_where=_ACTIVE)
    op.create_index("ix_assignments_due", "assignments", ["valid_until"], postgresql_where=_ACTIVE)
    op.create_index("ix_assignments_queued", "assignments", ["starts_at"], postgresql_where=_QUEUED)
    op.execute(_HISTORY)
    op.execute(_NOTED)


def upgrade() -> None:
    _plans()
    _subscribers()
    _assignments()


def downgrade() -> None:
    op.drop_table("assignments")
    op.drop_index("ix_subscribers_waiting", "subscribers")
    for name in ("valid_from", "valid_until", "valid_for_s", "first_used_at", "first_router_id", "period_since"):
        op.drop_column("subscribers", name)
    for name in ("own_quota_bytes", "own_rate_up_bps", "own_rate_down_bps", "own_max_sessions"):
        op.drop_column("subscribers", name)
    for name in ("granted_bytes", "granted_until"):
        op.drop_column("subscribers", name)
    op.drop_constraint(op.f("ck_plans_validity"), "plans")
    for name in ("valid_for_s", "valid_for_months", "valid_from_first_use", "is_default"):
        op.drop_column("plans", name)
    _allow_periods(_KINDS)
