"""Top-ups; sessions that end because what they are valid for is over."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014_top_ups"
down_revision = "0013_search"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = postgresql.TIMESTAMP(timezone=True)
_REASONS = "'quota', 'disabled', 'manual', 'limits'"
_NOTED = """
CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON top_ups
FOR EACH ROW WHEN (current_setting('spotfi.audited', true) = 'yes') EXECUTE FUNCTION audit_note()
"""


def _allow_reasons(reasons: str) -> None:
    op.drop_constraint(op.f("ck_enforcements_reason"), "enforcements")
    op.create_check_constraint(op.f("ck_enforcements_reason"), "enforcements", f"reason IN ({reasons})")


def upgrade() -> None:
    op.create_table(
        "top_ups",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("subscriber_id", sa.Uuid(), sa.ForeignKey("subscribers.id"), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("until", _INSTANT),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("note", _TEXT, nullable=False),
    )
    op.create_index("ix_top_ups_subscriber_id_id", "top_ups", ["subscriber_id", "id"])
    op.execute(_NOTED)
    op.drop_index("ix_subscribers_waiting", "subscribers")
    _allow_reasons(f"{_REASONS}, 'validity'")


def downgrade() -> None:
    op.execute("UPDATE enforcements SET reason = 'disabled' WHERE reason = 'validity'")
    _allow_reasons(_REASONS)
    waiting = sa.text("valid_for_s IS NOT NULL")
    op.create_index("ix_subscribers_waiting", "subscribers", ["id"], postgresql_where=waiting)
    op.drop_table("top_ups")
