"""Wrong codes of vouchers: how often a device and a router tried."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_code_tries"
down_revision = "0023_subscriber_imports"
branch_labels = None
depends_on = None

_INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "code_tries",
        sa.Column("key", sa.LargeBinary(), primary_key=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("full_until", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
    )
    op.create_index("ix_code_tries_updated_at", "code_tries", ["updated_at"])


def downgrade() -> None:
    op.drop_table("code_tries")
