"""Tariffs of every shape, parties, late usage, and documents that stay as they were issued."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020_billing"
down_revision = "0016_vouchers"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = sa.TIMESTAMP(timezone=True)
_PERCENT = sa.Numeric(7, 4)
_JSON = postgresql.JSONB()


def upgrade() -> None:
    _widen_tariffs()
    _create_late_usage()
    _create_parties()
    _widen_invoices()
    _widen_lines()
    op.bulk_insert(
        sa.table("invoice_counters", sa.column("series"), sa.column("last_number")),
        [{"series": "settlement", "last_number": 0}, {"series": "credit_note", "last_number": 0}],
    )


def _add(table: str, *columns: sa.Column[Any]) -> None:
    """Add columns; a default fills the rows there are and goes again."""
    for column in columns:
        op.add_column(table, column)
        if column.server_default is not None:
            op.alter_column(table, column.name, server_default=None)


def _filled(name: str, kind: sa.types.TypeEngine[Any], value: str) -> sa.Column[Any]:
    return sa.Column(name, kind, server_default=sa.text(value), nullable=False)


def _widen_tariffs() -> None:
    op.execute("ALTER TABLE tariffs ALTER COLUMN valid_from TYPE date USING (valid_from || '-01')::date")
    _add(
        "tariffs",
        _filled("direction", _TEXT, "'charge'"),
        _filled("router_fee_minor", sa.BigInteger(), "0"),
        _filled("tier_mode", _TEXT, "'graduated'"),
        _filled("tiers", _JSON, "'[]'"),
        _filled("sales_share_percent", _PERCENT, "0"),
        _filled("discount_percent", _PERCENT, "0"),
        _filled("minimum_minor", sa.BigInteger(), "0"),
        sa.Column("maximum_minor", sa.BigInteger(), nullable=True),
        _filled("tax_category", _TEXT, "'standard'"),
        _filled("tax_inclusive", sa.Boolean(), "false"),
    )
    op.execute("UPDATE tariffs SET tax_category = 'zero' WHERE tax_rate_percent = 0")


def _create_late_usage() -> None:
    op.create_table(
        "late_usage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("quarter_start", _INSTANT, nullable=False),
        sa.Column("router_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("up_bytes", sa.BigInteger(), nullable=False),
        sa.Column("down_bytes", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_late_usage"),
    )
    op.create_index("ix_late_usage_host_id_quarter_start", "late_usage", ["host_id", "quarter_start"])


def _create_parties() -> None:
    op.create_table(
        "billing_parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=True),
        sa.Column("details", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_billing_parties_host_id_hosts"),
        sa.PrimaryKeyConstraint("id", name="pk_billing_parties"),
    )
    op.create_index(
        "uq_billing_parties_host_id", "billing_parties", ["host_id"], unique=True, postgresql_nulls_not_distinct=True
    )
    op.create_table(
        "billed_months",
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("period", _TEXT, nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("timezone", _TEXT, nullable=False),
        sa.Column("frozen", _JSON, nullable=False),
        sa.Column("billed_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_billed_months_host_id_hosts"),
        sa.PrimaryKeyConstraint("host_id", "period", name="pk_billed_months"),
    )
    op.create_table(
        "billed_late_usage",
        sa.Column("late_usage_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("period", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["late_usage_id"], ["late_usage.id"], name="fk_billed_late_usage_late_usage_id_late_usage"
        ),
        sa.ForeignKeyConstraint(
            ["host_id", "period"],
            ["billed_months.host_id", "billed_months.period"],
            name="fk_billed_late_usage_host_id_billed_months",
        ),
        sa.PrimaryKeyConstraint("late_usage_id", name="pk_billed_late_usage"),
    )
    op.create_index("ix_billed_late_usage_host_id_period", "billed_late_usage", ["host_id", "period"])


def _widen_invoices() -> None:
    """Documents made before this were trials: the lines of a month hold what it was rated by from now on."""
    op.execute("DELETE FROM invoice_files")
    op.execute("DELETE FROM invoice_lines")
    op.execute("DELETE FROM invoices")
    op.execute("UPDATE invoice_counters SET last_number = 0")
    op.drop_constraint(op.f("ck_invoices_ck_invoices_status"), "invoices")
    op.drop_constraint("uq_invoices_number", "invoices")
    op.drop_constraint("uq_invoices_host_id_period", "invoices")
    op.drop_column("invoices", "price_per_gb_minor")
    op.drop_column("invoices", "tax_rate_percent")
    _add(
        "invoices",
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("reference", _TEXT, nullable=True),
        sa.Column("language", _TEXT, nullable=False),
        sa.Column("seller", _JSON, nullable=False),
        sa.Column("buyer", _JSON, nullable=False),
        sa.Column("taxes", _JSON, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("note", _TEXT, nullable=True),
    )
    op.create_foreign_key("fk_invoices_corrects_id_invoices", "invoices", "invoices", ["corrects_id"], ["id"])
    op.create_check_constraint(
        "status",
        "invoices",
        "(status = 'draft') = (number IS NULL) AND (number IS NULL) = (issued_at IS NULL)",
    )
    op.create_unique_constraint("uq_invoices_kind_number", "invoices", ["kind", "number"])
    op.create_index(
        "uq_invoices_host_id_period_kind",
        "invoices",
        ["host_id", "period", "kind"],
        unique=True,
        postgresql_where=sa.text("status <> 'void' AND kind <> 'credit_note'"),
    )
    op.create_index("ix_invoices_host_id_period", "invoices", ["host_id", "period", "id"])


def _widen_lines() -> None:
    op.drop_column("invoice_lines", "included_bytes")
    _add(
        "invoice_lines",
        sa.Column("stretch", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("used_in", _TEXT, nullable=True),
        sa.Column("text", _TEXT, nullable=True),
        sa.Column("tax_category", _TEXT, nullable=False),
        sa.Column("tax_rate_percent", _PERCENT, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("Documents of the newer shape cannot be told in the older one: restore a backup.")
