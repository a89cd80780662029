"""Tariffs, invoices with their lines and files, the counter of invoice numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0007_billing"
down_revision = "0006_quotas"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = sa.TIMESTAMP(timezone=True)
_PERCENT = sa.Numeric(7, 4)


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


def downgrade() -> None:
    for table in ("invoice_counters", "invoice_files", "invoice_lines", "invoices", "tariffs"):
        op.drop_table(table)
