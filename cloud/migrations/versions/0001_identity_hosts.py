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
        sa.Column("contact_name", _TEXT, nullable=True),
        sa.Column("contact_email", _TEXT, nullable=True),
        sa.Column("contact_phone", _TEXT, nullable=True),
        sa.Column("language", _TEXT, nullable=True),
        sa.Column("brand_name", _TEXT, nullable=True),
        sa.Column("brand_color", _TEXT, nullable=True),
        sa.Column("logo_url", _TEXT, nullable=True),
        sa.Column("welcome_text", _TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hosts"),
    )
    op.create_index("ix_hosts_created_at", "hosts", ["created_at", "id"])
    op.create_index("ix_hosts_name", "hosts", ["name", "id"])
    op.create_table(
        "idempotency_keys",
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("request_hash", _TEXT, nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("principal_id", "key", name="pk_idempotency_keys"),
    )
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", _TEXT, nullable=False),
        sa.Column("password_hash", _TEXT, nullable=True),
        sa.Column("role", _TEXT, nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=True),
        sa.Column("disabled_at", _INSTANT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.CheckConstraint(
            "role IN ('admin', 'support', 'technician', 'host') AND (role = 'host') = (host_id IS NOT NULL)",
            name="ck_staff_accounts_role",
        ),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_staff_accounts_host_id_hosts"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_accounts"),
        sa.UniqueConstraint("email", name="uq_staff_accounts_email"),
    )
    op.create_index("ix_staff_accounts_host_id", "staff_accounts", ["host_id"])
    op.create_table(
        "staff_hosts",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["staff_accounts.id"], name="fk_staff_hosts_account_id_staff_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_staff_hosts_host_id_hosts"),
        sa.PrimaryKeyConstraint("account_id", "host_id", name="pk_staff_hosts"),
    )
    op.create_index("ix_staff_hosts_host_id", "staff_hosts", ["host_id"])


def downgrade() -> None:
    op.drop_table("staff_hosts")
    op.drop_table("staff_accounts")
    op.drop_table("idempotency_keys")
    op.drop_table("hosts")
