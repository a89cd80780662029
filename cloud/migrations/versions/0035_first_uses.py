"""An account's first use is no change of its limits: the login that began it was told when it ends. Hundreds come at once."""

from alembic import op

revision = "0035_first_uses"
down_revision = "0034_billed_sales"
branch_labels = None
depends_on = None

_LIMITS = ("plan_id", "own_quota_bytes", "own_rate_up_bps", "own_rate_down_bps", "granted_bytes")
_ENDS = "OLD.valid_until IS DISTINCT FROM NEW.valid_until"
_FIRST_USE = "OLD.valid_for_s IS NOT NULL AND OLD.first_used_at IS NULL AND NEW.first_used_at IS NOT NULL"


def upgrade() -> None:
    _note_changes(f"{_ENDS} AND NOT ({_FIRST_USE})")


def downgrade() -> None:
    _note_changes(_ENDS)


def _note_changes(of_the_end: str) -> None:
    changed = [f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _LIMITS]
    when = " OR ".join([*changed, f"({of_the_end})"])
    op.execute("DROP TRIGGER note_limits ON subscribers")
    op.execute(
        f"CREATE TRIGGER note_limits AFTER UPDATE ON subscribers FOR EACH ROW WHEN ({when}) "
        "EXECUTE FUNCTION note_subscribers_limits()"
    )
