"""Enforcements that change a session instead of ending it; changes of limits, noted by triggers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_limit_changes"
down_revision = "0011_assignments"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = postgresql.TIMESTAMP(timezone=True)
_BEFORE = sa.text("state NOT IN ('proved', 'lapsed')")
_UNDER_WAY = sa.text(
    "(state IN ('pending', 'sent', 'unreachable') OR action = 'disconnect' AND state IN ('acknowledged', 'refused'))"
)
_REASONS = "'quota', 'disabled', 'manual'"
_STATES = "'pending', 'sent', 'acknowledged', 'refused', 'unreachable', 'proved', 'lapsed'"
_OF_PLANS = "quota_bytes rate_up_bps rate_down_bps session_timeout_s idle_timeout_s interim_interval_s"
_OF_SUBSCRIBERS = "plan_id own_quota_bytes own_rate_up_bps own_rate_down_bps granted_bytes valid_until"
_TELL = (
    "CREATE OR REPLACE FUNCTION tell_enforcement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO events (kind, host_id, router_id, subject_id, data) "
    "SELECT 'enforcement.' || NEW.state, s.host_id, s.router_id, NEW.id, "
    "jsonb_build_object('session_id', s.id, 'reason', NEW.reason{more}) FROM sessions s WHERE s.id = NEW.session_id; "
    "PERFORM pg_notify('events', ''); RETURN NULL; END $$"
)
# Whoever changes a plan, or whose plan it is, need not know of sessions (as for events).
_NOTE = """
CREATE FUNCTION note_{table}_limits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO limit_changes ({column}) VALUES (NEW.id);
    RETURN NULL;
END $$
"""
_NOTED = """
CREATE TRIGGER note_limits AFTER UPDATE ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION note_{table}_limits()
"""
_SOURCES = (("plans", "plan_id", _OF_PLANS), ("subscribers", "subscriber_id", _OF_SUBSCRIBERS))


def upgrade() -> None:
    op.add_column("enforcements", sa.Column("action", _TEXT, nullable=False, server_default="disconnect"))
    op.create_check_constraint(op.f("ck_enforcements_action"), "enforcements", "action IN ('disconnect', 'change')")
    _constrain(f"{_REASONS}, 'limits'", f"{_STATES}, 'gave_up', 'deferred'")
    _index(["session_id", "action"], _UNDER_WAY)
    op.execute(_TELL.format(more=", 'action', NEW.action"))
    op.create_table(
        "limit_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("plan_id", sa.Uuid()),
        sa.Column("subscriber_id", sa.Uuid()),
        sa.Column("at", _INSTANT, server_default=sa.func.now(), nullable=False),
    )
    for table, column, limits in _SOURCES:
        when = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in limits.split())
        op.execute(_NOTE.format(table=table, column=column))
        op.execute(_NOTED.format(table=table, when=when))


def downgrade() -> None:
    for table, _, _ in _SOURCES:
        op.execute(f"DROP TRIGGER note_limits ON {table}")
        op.execute(f"DROP FUNCTION note_{table}_limits()")
    op.drop_table("limit_changes")
    op.execute(_TELL.format(more=""))
    op.execute("DELETE FROM enforcements WHERE action = 'change'")
    _index(["session_id"], _BEFORE)
    _constrain(_REASONS, _STATES)
    op.drop_constraint(op.f("ck_enforcements_action"), "enforcements")
    op.drop_column("enforcements", "action")


def _constrain(reasons: str, states: str) -> None:
    for column, values in (("reason", reasons), ("state", states)):
        op.drop_constraint(op.f(f"ck_enforcements_{column}"), "enforcements")
        op.create_check_constraint(op.f(f"ck_enforcements_{column}"), "enforcements", f"{column} IN ({values})")


def _index(columns: list[str], under_way: sa.TextClause) -> None:
    for name in ("uq_enforcements_under_way_session_id", "ix_enforcements_due"):
        op.drop_index(name, "enforcements")
    op.create_index(
        "uq_enforcements_under_way_session_id", "enforcements", columns, unique=True, postgresql_where=under_way
    )
    op.create_index("ix_enforcements_due", "enforcements", ["next_attempt_at"], postgresql_where=under_way)
