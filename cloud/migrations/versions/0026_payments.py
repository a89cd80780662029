"""Payments, what they pay, and what documents are paid and credited."""

import sqlalchemy as sa
from alembic import op

revision = "0026_payments"
down_revision = "0025_uam"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = sa.TIMESTAMP(timezone=True)
_NOTED = """
CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW WHEN (current_setting('spotfi.audited', true) = 'yes') EXECUTE FUNCTION audit_note()
"""
_OPEN = "status = 'issued' AND kind <> 'credit_note' AND total_minor > paid_minor + credited_minor"


def upgrade() -> None:
    for name in ("paid_minor", "credited_minor"):
        op.add_column("invoices", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
        op.create_check_constraint(name, "invoices", f"{name} >= 0")
    op.create_check_constraint("balance", "invoices", "paid_minor + credited_minor <= greatest(total_minor, 0)")
    op.create_index("ix_invoices_open", "invoices", ["host_id", "due_on"], postgresql_where=sa.text(_OPEN))
    op.create_index("ix_invoices_corrects_id", "invoices", ["corrects_id"])
    _create_payments()
    for table in ("payments", "payment_allocations"):
        op.execute(_NOTED.format(table=table))


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("direction", _TEXT, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("allocated_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", _TEXT, nullable=False),
        sa.Column("reference", _TEXT, nullable=False),
        sa.Column("note", _TEXT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("reversed_at", _INSTANT, nullable=True),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.Column("reversal_note", _TEXT, nullable=True),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("allocated_minor BETWEEN 0 AND amount_minor", name="allocated"),
        sa.CheckConstraint("reversed_at IS NULL OR allocated_minor = 0", name="reversed"),
        sa.CheckConstraint("direction IN ('received', 'paid_out')", name="direction"),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_payments_host_id_hosts"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
    )
    op.create_index("ix_payments_created_at", "payments", ["created_at", "id"])
    op.create_index("ix_payments_host_id_created_at", "payments", ["host_id", "created_at", "id"])
    free = sa.text("reversed_at IS NULL AND allocated_minor < amount_minor")
    op.create_index("ix_payments_free", "payments", ["host_id"], postgresql_where=free)
    op.create_table(
        "payment_allocations",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_payment_allocations_payment_id_payments"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name="fk_payment_allocations_invoice_id_invoices"),
        sa.PrimaryKeyConstraint("payment_id", "invoice_id", name="pk_payment_allocations"),
    )
    op.create_index("ix_payment_allocations_invoice_id", "payment_allocations", ["invoice_id"])


def downgrade() -> None:
    op.drop_table("payment_allocations")
    op.drop_table("payments")
    for name in ("ix_invoices_open", "ix_invoices_corrects_id"):
        op.drop_index(name, table_name="invoices")
    for name in ("balance", "paid_minor", "credited_minor"):
        op.drop_constraint(op.f(f"ck_invoices_{name}"), "invoices")
    for name in ("paid_minor", "credited_minor"):
        op.drop_column("invoices", name)
