"""Alerts: rules, conditions under watch, alerts, and where and how they are told; their events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027_alerts"
down_revision = "0026_payments"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = sa.TIMESTAMP(timezone=True)
_SEVERITIES = "severity IN ('info', 'warning', 'critical')"
_NOTED = """
CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW WHEN (current_setting('spotfi.audited', true) = 'yes') EXECUTE FUNCTION audit_note()
"""
_TELL = """
CREATE FUNCTION tell_alert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO events (kind, host_id, router_id, subject_id, data) SELECT
        CASE WHEN NEW.cleared_at IS NOT NULL THEN 'alert.cleared'
            WHEN NEW.acknowledged_at IS NOT NULL THEN 'alert.acknowledged' ELSE 'alert.raised' END,
        NEW.host_id, NEW.router_id, NEW.id, jsonb_build_object('kind', NEW.kind, 'severity', NEW.severity);
    PERFORM pg_notify('events', ''); RETURN NULL;
END $$
"""


def _rules_and_conditions() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("hosts.id")),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("severity", _TEXT, nullable=False),
        sa.Column("threshold", sa.Double()),
        sa.Column("clear_threshold", sa.Double()),
        sa.Column("duration_s", sa.BigInteger(), nullable=False),
        sa.Column("clear_duration_s", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.CheckConstraint(_SEVERITIES, "severity"),
    )
    op.create_index(
        "uq_alert_rules_host_id_kind",
        "alert_rules",
        ["host_id", "kind"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "alert_conditions",
        sa.Column("kind", _TEXT, primary_key=True),
        sa.Column("subject_id", sa.Uuid(), primary_key=True),
        sa.Column("phase", _TEXT, nullable=False),
        sa.Column("held_s", sa.Double(), nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "alert_progress",
        sa.Column("only", sa.Boolean(), primary_key=True),
        sa.Column("events_tx", sa.BigInteger(), nullable=False),
        sa.Column("events_number", sa.BigInteger(), nullable=False),
        sa.Column("guests_at", _INSTANT, nullable=False),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("hosts.id")),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("severity", _TEXT, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id")),
        sa.Column("value", sa.Double()),
        sa.Column("threshold", sa.Double()),
        sa.Column("details", JSONB(), nullable=False),
        sa.Column("raised_at", _INSTANT, nullable=False),
        sa.Column("cleared_at", _INSTANT),
        sa.Column("acknowledged_at", _INSTANT),
        sa.Column("acknowledged_by", sa.Uuid(), sa.ForeignKey("staff_accounts.id", ondelete="SET NULL")),
        sa.Column("note", _TEXT),
        sa.CheckConstraint(_SEVERITIES, "severity"),
    )
    is_open = sa.text("cleared_at IS NULL")
    op.create_index("uq_alerts_open", "alerts", ["kind", "subject_id"], unique=True, postgresql_where=is_open)
    op.create_index("ix_alerts_open_host_id", "alerts", ["host_id"], postgresql_where=is_open)
    op.create_index("ix_alerts_raised_at", "alerts", ["raised_at", "id"])
    op.create_index("ix_alerts_host_id_raised_at", "alerts", ["host_id", "raised_at", "id"])
    op.create_index("ix_alerts_router_id_raised_at", "alerts", ["router_id", "raised_at", "id"])
    op.create_index("ix_alerts_cleared_at", "alerts", ["cleared_at"])
    op.execute(_TELL)
    op.execute("CREATE TRIGGER tell_alert_insert AFTER INSERT ON alerts FOR EACH ROW EXECUTE FUNCTION tell_alert()")
    op.execute(
        "CREATE TRIGGER tell_alert_update AFTER UPDATE ON alerts FOR EACH ROW "
        "WHEN ((OLD.cleared_at IS NULL) IS DISTINCT FROM (NEW.cleared_at IS NULL) "
        "OR (OLD.acknowledged_at IS NULL) IS DISTINCT FROM (NEW.acknowledged_at IS NULL)) "
        "EXECUTE FUNCTION tell_alert()"
    )


def _telling() -> None:
    op.create_table(
        "alert_channels",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("hosts.id")),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("recipient", _TEXT),
        sa.Column("url", _TEXT),
        sa.Column("secret_sealed", sa.LargeBinary()),
        sa.Column("alert_kinds", JSONB()),
        sa.Column("min_severity", _TEXT, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("next_letter_at", _INSTANT),
        sa.CheckConstraint(
            "kind = 'email' AND recipient IS NOT NULL AND url IS NULL"
            " OR kind = 'webhook' AND recipient IS NULL AND url IS NOT NULL AND secret_sealed IS NOT NULL",
            "kind",
        ),
    )
    op.create_index("ix_alert_channels_created_at", "alert_channels", ["created_at", "id"])
    op.create_index("ix_alert_channels_host_id_created_at", "alert_channels", ["host_id", "created_at", "id"])
    op.create_table(
        "alert_deliveries",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("channel_id", sa.Uuid(), sa.ForeignKey("alert_channels.id", ondelete="CASCADE"), nullable=False),
        sa.Column("alert_id", sa.Uuid(), sa.ForeignKey("alerts.id", ondelete="CASCADE")),
        sa.Column("event", _TEXT, nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("next_attempt_at", _INSTANT, nullable=False),
        sa.Column("attempted_at", _INSTANT),
        sa.Column("answer", _TEXT),
        sa.Column("delivered_at", _INSTANT),
        sa.UniqueConstraint("channel_id", "alert_id", "event"),
        sa.CheckConstraint("event IN ('raised', 'cleared', 'test')", "event"),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'failed')", "state"),
    )
    pending = sa.text("state = 'pending'")
    op.create_index("ix_alert_deliveries_due", "alert_deliveries", ["next_attempt_at"], postgresql_where=pending)
    op.create_index("ix_alert_deliveries_channel_id_created_at", "alert_deliveries", ["channel_id", "created_at", "id"])
    op.create_index("ix_alert_deliveries_alert_id", "alert_deliveries", ["alert_id"])
    op.create_index("ix_alert_deliveries_created_at", "alert_deliveries", ["created_at"])


def upgrade() -> None:
    _rules_and_conditions()
    _alerts()
    _telling()
    for table in ("alert_rules", "alert_channels", "alerts"):
        op.execute(_NOTED.format(table=table))


def downgrade() -> None:
    for table in ("alert_deliveries", "alert_channels", "alerts", "alert_progress", "alert_conditions", "alert_rules"):
        op.drop_table(table)
    op.execute("DROP FUNCTION tell_alert()")
