"""Routers, their keys, enrolment codes, presence and commands; what the broker may read of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_routers"
down_revision = "0001_identity_hosts"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "routers",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("hosts.id"), nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("nas_kind", _TEXT, nullable=False),
        sa.Column("address", _TEXT),
        sa.Column("nas_identifier", _TEXT, nullable=False, unique=True),
        sa.Column("radius_secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("legacy_radius", sa.Boolean(), nullable=False),
        sa.Column("swapped_counters", sa.Boolean()),
        sa.Column("radsec_certificate_sha256", _TEXT, unique=True),
        sa.Column("coa_port", sa.BigInteger(), nullable=False),
        sa.Column("interval_s", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT),
        sa.Column("deleted_at", _INSTANT),
        sa.CheckConstraint(
            "nas_kind IN ('agent', 'uspot', 'coovachilli', 'opennds', 'mikrotik', 'generic')", "nas_kind"
        ),
        sa.CheckConstraint("coa_port BETWEEN 1 AND 65535", "coa_port"),
        sa.CheckConstraint("interval_s BETWEEN 1 AND 3600", "interval_s"),
    )
    op.create_index("ix_routers_created_at", "routers", ["created_at", "id"])
    op.create_index("ix_routers_name", "routers", ["name", "id"])
    op.create_index("ix_routers_host_id_created_at", "routers", ["host_id", "created_at", "id"])
    op.create_index("ix_routers_host_id_name", "routers", ["host_id", "name", "id"])
    op.create_table(
        "router_keys",
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id"), primary_key=True),
        sa.Column("key_hash", _TEXT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT),
    )
    op.create_table(
        "enrolment_codes",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id"), nullable=False, index=True),
        sa.Column("secret_hash", _TEXT, nullable=False, unique=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT),
        sa.Column("voided_at", _INSTANT),
    )
    op.create_table(
        "router_presence",
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id"), primary_key=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("boot_id", sa.Uuid()),
        sa.Column("connection", sa.BigInteger()),
        sa.Column("hello", postgresql.JSONB()),
        sa.Column("latest_sample", postgresql.JSONB()),
        sa.Column("latest_taken_at", _INSTANT),
    )
    _create_commands()
    op.execute(
        """
        CREATE VIEW broker_access AS
        SELECT router_keys.router_id, router_keys.key_hash
        FROM router_keys JOIN routers ON routers.id = router_keys.router_id
        WHERE router_keys.revoked_at IS NULL AND routers.revoked_at IS NULL AND routers.deleted_at IS NULL
        """
    )


def _create_commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("router_id", sa.Uuid(), sa.ForeignKey("routers.id"), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("args", postgresql.JSONB(), nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("deadline_at", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("sent_at", _INSTANT),
        sa.Column("accepted_at", _INSTANT),
        sa.Column("finished_at", _INSTANT),
        sa.Column("boot_id", sa.Uuid()),
        sa.Column("reported", postgresql.JSONB()),
        sa.Column("reported_at", _INSTANT),
        sa.Column("result", postgresql.JSONB()),
        sa.Column("idempotency_key", _TEXT),
        sa.Column("request_hash", _TEXT),
        sa.Column("limit_s", sa.BigInteger()),
        sa.Column("cancelling_since", _INSTANT),
        sa.UniqueConstraint("router_id", "idempotency_key"),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'accepted', 'succeeded', 'failed', 'expired', 'cancelled')", "state"
        ),
    )
    op.create_index("ix_commands_router_id_created_at", "commands", ["router_id", "created_at"])
    op.create_index("ix_commands_finished_at", "commands", ["finished_at"])
    op.create_index(
        "ix_commands_cancelling",
        "commands",
        ["router_id"],
        postgresql_where=sa.text("cancelling_since IS NOT NULL"),
    )
    op.create_index(
        "ix_commands_open",
        "commands",
        ["router_id", "id"],
        postgresql_where=sa.text("state IN ('queued', 'sent', 'accepted')"),
    )
    op.create_table(
        "command_output",
        sa.Column("command_id", sa.Uuid(), sa.ForeignKey("commands.id"), primary_key=True),
        sa.Column("piece", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    op.execute("DROP VIEW broker_access")
    for table in ("command_output", "commands", "router_presence", "enrolment_codes", "router_keys", "routers"):
        op.drop_table(table)
