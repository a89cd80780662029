"""E-mails that are written when they are ordered, with a file, and which e-mails went out about documents."""

import sqlalchemy as sa
from alembic import op

revision = "0029_billing_letters"
down_revision = "0028_limits"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")


def upgrade() -> None:
    for name in ("subject", "text", "attachment_name"):
        op.add_column("mail_outbox", sa.Column(name, _TEXT, nullable=True))
    op.add_column("mail_outbox", sa.Column("attachment", sa.LargeBinary(), nullable=True))
    op.create_table(
        "invoice_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=True),
        sa.Column("recipient", _TEXT, nullable=False),
        sa.Column("ordered_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('document', 'reminder')", name="kind"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name="fk_invoice_letters_invoice_id_invoices"),
        sa.PrimaryKeyConstraint("id", name="pk_invoice_letters"),
        sa.UniqueConstraint("invoice_id", "kind", "step", name="uq_invoice_letters_invoice_id_kind_step"),
    )


def downgrade() -> None:
    op.drop_table("invoice_letters")
    for name in ("attachment", "attachment_name", "text", "subject"):
        op.drop_column("mail_outbox", name)
