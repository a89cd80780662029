"""Where routers stand, for the map."""

import sqlalchemy as sa
from alembic import op

revision = "0032_places"
down_revision = "0031_rolled_up"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("latitude", "longitude"):
        op.add_column("routers", sa.Column(name, sa.Double(), nullable=True))
    op.create_check_constraint(op.f("ck_routers_latitude"), "routers", "latitude BETWEEN -90 AND 90")
    op.create_check_constraint(op.f("ck_routers_longitude"), "routers", "longitude BETWEEN -180 AND 180")
    op.create_check_constraint(op.f("ck_routers_position"), "routers", "(latitude IS NULL) = (longitude IS NULL)")


def downgrade() -> None:
    for name in ("position", "longitude", "latitude"):
        op.drop_constraint(op.f(f"ck_routers_{name}"), "routers")
    for name in ("longitude", "latitude"):
        op.drop_column("routers", name)
