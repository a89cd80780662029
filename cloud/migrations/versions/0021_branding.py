"""What guests see of a host: logo, second colour, whom to ask, terms."""

import sqlalchemy as sa
from alembic import op

revision = "0021_branding"
down_revision = "0020_billing"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_INSTANT = sa.TIMESTAMP(timezone=True)
_FIELDS = ("background_color", "support_contact", "terms_url")
_NOTED = """
CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON host_logos
FOR EACH ROW WHEN (current_setting('spotfi.audited', true) = 'yes') EXECUTE FUNCTION audit_note()
"""


def upgrade() -> None:
    for name in _FIELDS:
        op.add_column("hosts", sa.Column(name, _TEXT, nullable=True))
    op.create_table(
        "host_logos",
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("content_type", _TEXT, nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_host_logos_host_id_hosts"),
        sa.PrimaryKeyConstraint("host_id", name="pk_host_logos"),
    )
    op.execute(_NOTED)


def downgrade() -> None:
    op.drop_table("host_logos")
    for name in _FIELDS:
        op.drop_column("hosts", name)
