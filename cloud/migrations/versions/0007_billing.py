"""Tariffs, invoices with their lines and files, the counter of invoice numbers; events of the fleet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_billing"
down_revision = "0006_quotas"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = sa.TIMESTAMP(timezone=True)
_PERCENT = sa.Numeric(7, 4)

_EVENT_SOURCES = (
    (
        "router_presence",
        "tell_presence",
        "INSERT INTO events (kind, host_id, router_id, subject_id, data) "
        "SELECT CASE WHEN NEW.online THEN 'router.online' ELSE 'router.offline' END, r.host_id, r.id, r.id, "
        "jsonb_build_object('name', r.name) FROM routers r WHERE r.id = NEW.router_id;",
        "OLD.online IS DISTINCT FROM NEW.online",
    ),
    (
        "commands",
        "tell_command",
        "INSERT INTO events (kind, host_id, router_id, subject_id, data) "
        "SELECT 'command.' || NEW.state, r.host_id, r.id, NEW.id, jsonb_build_object('kind', NEW.kind) "
        "FROM routers r WHERE r.id = NEW.router_id;",
        "OLD.state IS DISTINCT FROM NEW.state",
    ),
    (
        "enforcements",
        "tell_enforcement",
        "INSERT INTO events (kind, host_id, router_id, subject_id, data) "
        "SELECT 'enforcement.' || NEW.state, s.host_id, s.router_id, NEW.id, "
        "jsonb_build_object('session_id', s.id, 'reason', NEW.reason) FROM sessions s WHERE s.id = NEW.session_id;",
        "OLD.state IS DISTINCT FROM NEW.state",
    ),
)
"""(table, function, what it writes of the row, which updates are told)."""


def upgrade() -> None:
    op.create_table(
        "tariffs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", _TEXT, nullable=False),
        sa.Column("base_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_per_gb_minor", sa.BigInteger(), nullable=False),
        sa.Column("included_bytes", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_percent", _PERCENT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_tariffs_host_id_hosts"),
        sa.PrimaryKeyConstraint("id", name="pk_tariffs"),
        sa.UniqueConstraint("host_id", "valid_from", name="uq_tariffs_host_id_valid_from"),
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("period", _TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("status", _TEXT, nullable=False),
        sa.Column("host_name", _TEXT, nullable=False),
        sa.Column("timezone", _TEXT, nullable=False),
        sa.Column("period_start", _INSTANT, nullable=False),
        sa.Column("period_end", _INSTANT, nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("price_per_gb_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_percent", _PERCENT, nullable=False),
        sa.Column("subtotal_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("issued_at", _INSTANT, nullable=True),
        sa.CheckConstraint(
            "(status = 'draft' AND number IS NULL AND issued_at IS NULL) "
            "OR (status = 'issued' AND number IS NOT NULL AND issued_at IS NOT NULL)",
            name="ck_invoices_status",
        ),
        sa.CheckConstraint("subtotal_minor + tax_minor = total_minor", name="ck_invoices_total"),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_invoices_host_id_hosts"),
        sa.PrimaryKeyConstraint("id", name="pk_invoices"),
        sa.UniqueConstraint("number", name="uq_invoices_number"),
        sa.UniqueConstraint("host_id", "period", name="uq_invoices_host_id_period"),
    )
    op.create_index("ix_invoices_period", "invoices", ["period", "id"])
    op.create_index("ix_invoices_status_period", "invoices", ["status", "period", "id"])
    op.create_index("ix_invoices_total_minor", "invoices", ["total_minor", "id"])
    _create_parts()


def _create_parts() -> None:
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("router_id", sa.Uuid(), nullable=True),
        sa.Column("router_name", _TEXT, nullable=True),
        sa.Column("up_bytes", sa.BigInteger(), nullable=True),
        sa.Column("down_bytes", sa.BigInteger(), nullable=True),
        sa.Column("included_bytes", sa.BigInteger(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name="fk_invoice_lines_invoice_id_invoices"),
        sa.ForeignKeyConstraint(["router_id"], ["routers.id"], name="fk_invoice_lines_router_id_routers"),
        sa.PrimaryKeyConstraint("invoice_id", "position", name="pk_invoice_lines"),
    )
    op.create_table(
        "invoice_files",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name="fk_invoice_files_invoice_id_invoices"),
        sa.PrimaryKeyConstraint("invoice_id", name="pk_invoice_files"),
    )
    counters = op.create_table(
        "invoice_counters",
        sa.Column("series", _TEXT, nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_invoice_counters"),
    )
    op.bulk_insert(counters, [{"series": "invoice", "last_number": 0}])
    _create_events()


def _create_events() -> None:
    """Events of the fleet, written by triggers: whoever changes a row need not know of them."""
    op.create_table(
        "events",
        sa.Column("tx", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", _INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=True),
        sa.Column("router_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tx", "number", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    for table, function, body, when in _EVENT_SOURCES:
        op.execute(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} "
            "PERFORM pg_notify('events', ''); RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {function}_insert AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        op.execute(
            f"CREATE TRIGGER {function}_update AFTER UPDATE ON {table} FOR EACH ROW WHEN ({when}) "
            f"EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    for table, function, _, _ in _EVENT_SOURCES:
        op.execute(f"DROP TRIGGER {function}_insert ON {table}")
        op.execute(f"DROP TRIGGER {function}_update ON {table}")
        op.execute(f"DROP FUNCTION {function}()")
    op.drop_table("events")
    for table in ("invoice_counters", "invoice_files", "invoice_lines", "invoices", "tariffs"):
        op.drop_table(table)
