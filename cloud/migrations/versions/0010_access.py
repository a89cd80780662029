"""Login attempts, and what each NAS's RADIUS requests came to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_access"
down_revision = "0008_identity"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("router_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("username", _TEXT, nullable=False),
        sa.Column("subscriber_id", sa.Uuid()),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("calling_station_id", "outcome", "reason")),
    )
    op.create_index("ix_login_attempts_host_id_id", "login_attempts", ["host_id", "id"])
    op.create_index("ix_login_attempts_username_id", "login_attempts", ["username", "id"])
    op.create_table(
        "radius_counts",
        sa.Column("router_id", sa.Uuid(), primary_key=True),
        sa.Column("port", _TEXT, primary_key=True),
        sa.Column("outcome", _TEXT, primary_key=True),
        sa.Column("answered", sa.Boolean(), primary_key=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("radius_counts")
    op.drop_table("login_attempts")
