"""Indexes for filters that read a whole list: the audit log by time, alone and with its other filters; login attempts by
router, and refused ones by reason; alerts by what they are about.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030_lists"
down_revision = "0029_billing_letters"
branch_labels = None
depends_on = None

_AUDIT = ("actor_id", "subject_id", "kind")


def upgrade() -> None:
    op.create_index("ix_audit_log_at", "audit_log", ["at", "id"])
    for column in _AUDIT:
        op.drop_index(f"ix_audit_log_{column}", "audit_log")
        op.create_index(f"ix_audit_log_{column}_at", "audit_log", [column, "at", "id"])
    op.create_index("ix_login_attempts_router_id_id", "login_attempts", ["router_id", "id"])
    refused = sa.text("outcome <> 'accepted'")
    op.create_index("ix_login_attempts_refused", "login_attempts", ["outcome", "id"], postgresql_where=refused)
    op.create_index("ix_alerts_subject_id_raised_at", "alerts", ["subject_id", "raised_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_alerts_subject_id_raised_at", "alerts")
    op.drop_index("ix_login_attempts_refused", "login_attempts")
    op.drop_index("ix_login_attempts_router_id_id", "login_attempts")
    for column in _AUDIT:
        op.drop_index(f"ix_audit_log_{column}_at", "audit_log")
        op.create_index(f"ix_audit_log_{column}", "audit_log", [column, "id"])
    op.drop_index("ix_audit_log_at", "audit_log")
