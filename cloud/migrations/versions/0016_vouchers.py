"""Vouchers: batches, and which subscribers are vouchers of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016_vouchers"
down_revision = "0015_terminals"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = postgresql.TIMESTAMP(timezone=True)
_NOTED = """
CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON voucher_batches
FOR EACH ROW WHEN (current_setting('spotfi.audited', true) = 'yes') EXECUTE FUNCTION audit_note()
"""


def upgrade() -> None:
    op.create_table(
        "voucher_batches",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("hosts.id")),
        sa.Column("plan_id", sa.Uuid(), sa.ForeignKey("plans.id"), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("prefix", _TEXT, nullable=False),
        sa.Column("code_length", sa.BigInteger(), nullable=False),
        sa.Column("valid_for_s", sa.BigInteger()),
        sa.Column("valid_from", _INSTANT),
        sa.Column("valid_until", _INSTANT),
        sa.Column("max_sessions", sa.BigInteger()),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("note", _TEXT, nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT),
    )
    op.create_index("ix_voucher_batches_created_at", "voucher_batches", ["created_at", "id"])
    op.create_index("ix_voucher_batches_host_id_created_at", "voucher_batches", ["host_id", "created_at", "id"])
    op.execute(_NOTED)
    op.add_column("subscribers", sa.Column("voucher_batch_id", sa.Uuid()))
    op.add_column("subscribers", sa.Column("voucher_number", sa.BigInteger()))
    op.create_foreign_key(
        "fk_subscribers_voucher_batch_id_voucher_batches",
        "subscribers",
        "voucher_batches",
        ["voucher_batch_id"],
        ["id"],
    )
    op.create_index(
        "ix_subscribers_voucher_batch_id",
        "subscribers",
        ["voucher_batch_id", "voucher_number", "id"],
        postgresql_where=sa.text("voucher_batch_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_column("subscribers", "voucher_number")
    op.drop_column("subscribers", "voucher_batch_id")
    op.drop_table("voucher_batches")
