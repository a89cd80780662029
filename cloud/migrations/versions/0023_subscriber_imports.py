"""Imports of subscribers, for the audit log: whose thousands of rows are not entered one by one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023_subscriber_imports"
down_revision = "0022_accounting_road"
branch_labels = None
depends_on = None

_NOTED = """
CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON subscriber_imports
FOR EACH ROW WHEN (current_setting('spotfi.audited', true) = 'yes') EXECUTE FUNCTION audit_note()
"""


def upgrade() -> None:
    op.create_table(
        "subscriber_imports",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("hosts.id")),
        sa.Column("created_count", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
    )
    op.execute(_NOTED)


def downgrade() -> None:
    op.drop_table("subscriber_imports")
