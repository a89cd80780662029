"""The installation's logo on its documents: each keeps the one it was issued with."""

import sqlalchemy as sa
from alembic import op

revision = "0036_billing_logos"
down_revision = "0035_first_uses"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "billing_logos",
        sa.Column("digest", _TEXT, nullable=False),
        sa.Column("content_type", _TEXT, nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_billing_logos"),
    )
    op.create_index(
        "uq_billing_logos_current", "billing_logos", ["current"], unique=True, postgresql_where=sa.text("current")
    )
    op.add_column("invoices", sa.Column("logo_digest", _TEXT, nullable=True))
    op.create_foreign_key(
        "fk_invoices_logo_digest_billing_logos", "invoices", "billing_logos", ["logo_digest"], ["digest"]
    )


def downgrade() -> None:
    op.drop_constraint("fk_invoices_logo_digest_billing_logos", "invoices")
    op.drop_column("invoices", "logo_digest")
    op.drop_table("billing_logos")
