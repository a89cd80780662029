"""Hosts and staff accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0001_identity_hosts"
down_revision = None
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "hosts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("timezone", _TEXT, nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("suspended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hosts"),
    )
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", _TEXT, nullable=False),
        sa.Column("password_hash", _TEXT, nullable=False),
        sa.Column("role", _TEXT, nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=True),
        sa.Column("disabled_at", _INSTANT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.CheckConstraint(
            "(role = 'admin' AND host_id IS NULL) OR (role = 'host' AND host_id IS NOT NULL)",
            name="ck_staff_accounts_role",
        ),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_staff_accounts_host_id_hosts"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_accounts"),
        sa.UniqueConstraint("email", name="uq_staff_accounts_email"),
    )
    op.create_index("ix_staff_accounts_host_id", "staff_accounts", ["host_id"])


def downgrade() -> None:
    op.drop_table("staff_accounts")
    op.drop_table("hosts")
