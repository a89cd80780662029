"""What happens at a quota; quotas of directions, time and sessions; thresholds; what rolls over; time in the ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028_limits"
down_revision = "0027_alerts"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_REASONS = "'quota', 'disabled', 'manual', 'limits', 'validity'"
_OF_PLANS_BEFORE = "quota_bytes rate_up_bps rate_down_bps session_timeout_s idle_timeout_s interim_interval_s"
_OF_PLANS = (
    f"{_OF_PLANS_BEFORE} quota_up_bytes quota_down_bytes quota_s session_quota_bytes at_limit throttle_up_bps"
    " throttle_down_bps"
)
_AMOUNTS = ("quota_up_bytes", "quota_down_bytes", "quota_s", "session_quota_bytes", "throttle_up_bps")
_MORE_AMOUNTS = ("throttle_down_bps", "rollover_max_bytes")
# Session time was not counted by the quarter of an hour before: what was known of each session goes where it was last heard of.
_TIME_OF_SESSIONS = """
INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, subscriber_id, up_bytes, down_bytes, used_s)
SELECT id, to_timestamp(floor(extract(epoch FROM updated_at) / 900) * 900), router_id, host_id, subscriber_id, 0, 0,
    session_time_s
FROM sessions WHERE session_time_s > 0
ON CONFLICT (session_id, quarter_start) DO UPDATE SET used_s = usage_ledger.used_s + excluded.used_s
"""
_BALANCES = """
UPDATE quota_balances SET used_up_bytes = totals.up_bytes, used_s = totals.used_s
FROM (
    SELECT balances.subscriber_id, balances.period_start, sum(up_bytes) AS up_bytes, sum(ledger.used_s) AS used_s
    FROM quota_balances AS balances JOIN usage_ledger AS ledger
        ON ledger.subscriber_id = balances.subscriber_id AND quarter_start >= balances.period_start
        AND (balances.period_end IS NULL OR quarter_start < balances.period_end)
    GROUP BY balances.subscriber_id, balances.period_start) AS totals
WHERE quota_balances.subscriber_id = totals.subscriber_id AND quota_balances.period_start = totals.period_start
"""


def upgrade() -> None:
    for name in (*_AMOUNTS, *_MORE_AMOUNTS):
        op.add_column("plans", sa.Column(name, sa.BigInteger()))
    op.add_column("plans", sa.Column("at_limit", _TEXT, nullable=False, server_default="end"))
    op.add_column("plans", sa.Column("rollover_percent", sa.BigInteger(), nullable=False, server_default="0"))
    percents = postgresql.ARRAY(sa.BigInteger())
    op.add_column("plans", sa.Column("warn_at_percent", percents, nullable=False, server_default="{80,100}"))
    op.create_check_constraint(op.f("ck_plans_at_limit"), "plans", "at_limit IN ('end', 'throttle', 'continue')")
    op.create_check_constraint(op.f("ck_plans_rollover"), "plans", "rollover_percent BETWEEN 0 AND 100")
    op.add_column("sessions", _count("used_s"))
    op.add_column("usage_ledger", _count("used_s"))
    for name in ("used_up_bytes", "used_s", "rolled_bytes"):
        op.add_column("quota_balances", _count(name))
    op.create_index("ix_quota_balances_period_end", "quota_balances", ["period_end"])
    op.execute("UPDATE sessions SET used_s = session_time_s WHERE session_time_s > 0")
    op.execute(_TIME_OF_SESSIONS)
    op.execute(_BALANCES)
    op.add_column("limit_changes", sa.Column("reason", _TEXT, nullable=False, server_default="limits"))
    _allow_reasons(f"{_REASONS}, 'session_quota'")
    _note_changes(_OF_PLANS)


def downgrade() -> None:
    op.execute("UPDATE enforcements SET reason = 'quota' WHERE reason = 'session_quota'")
    _allow_reasons(_REASONS)
    _note_changes(_OF_PLANS_BEFORE)
    op.drop_column("limit_changes", "reason")
    op.drop_index("ix_quota_balances_period_end", "quota_balances")
    for name in ("used_up_bytes", "used_s", "rolled_bytes"):
        op.drop_column("quota_balances", name)
    op.execute("DELETE FROM usage_ledger WHERE up_bytes = 0 AND down_bytes = 0")
    op.drop_column("usage_ledger", "used_s")
    op.drop_column("sessions", "used_s")
    for name in ("warn_at_percent", "rollover_percent", "at_limit", *_MORE_AMOUNTS, *_AMOUNTS):
        op.drop_column("plans", name)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def _allow_reasons(reasons: str) -> None:
    op.drop_constraint(op.f("ck_enforcements_reason"), "enforcements")
    op.create_check_constraint(op.f("ck_enforcements_reason"), "enforcements", f"reason IN ({reasons})")


def _note_changes(limits: str) -> None:
    when = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in limits.split())
    op.execute("DROP TRIGGER note_limits ON plans")
    op.execute(
        f"CREATE TRIGGER note_limits AFTER UPDATE ON plans FOR EACH ROW WHEN ({when}) "
        "EXECUTE FUNCTION note_plans_limits()"
    )
