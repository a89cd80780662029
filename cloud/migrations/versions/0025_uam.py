"""The secret a router's captive portal signs guests' way to their page with."""

import sqlalchemy as sa
from alembic import op

revision = "0025_uam"
down_revision = "0024_code_tries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("routers", sa.Column("uam_secret_sealed", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("routers", "uam_secret_sealed")
