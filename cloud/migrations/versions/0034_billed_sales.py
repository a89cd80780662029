"""Sales that are billed, one by one: what is noted after its month was billed is told apart by not being among them."""

import sqlalchemy as sa
from alembic import op

revision = "0034_billed_sales"
down_revision = "0033_billing_runs"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C")
_COUNTED_SO_FAR = """
    INSERT INTO billed_sales (sale_id, host_id, period, kind, sold_at, price_minor)
    SELECT sale.id, sale.host_id, month.period, sale.kind, sale.sold_at, sale.price_minor
    FROM (
        SELECT account.id, batch.host_id, 'voucher' AS kind, account.first_used_at AS sold_at, batch.price_minor
        FROM subscribers AS account JOIN voucher_batches AS batch ON batch.id = account.voucher_batch_id
        UNION ALL
        SELECT assignment.id, account.host_id, 'plan', assignment.started_at, plan.price_minor
        FROM assignments AS assignment
        JOIN subscribers AS account ON account.id = assignment.subscriber_id
        JOIN plans AS plan ON plan.id = assignment.plan_id
        UNION ALL
        SELECT top_up.id, account.host_id, 'top_up', top_up.created_at, top_up.price_minor
        FROM top_ups AS top_up JOIN subscribers AS account ON account.id = top_up.subscriber_id
    ) AS sale
    JOIN billed_months AS month
        ON month.host_id = sale.host_id AND sale.sold_at >= month.starts_at AND sale.sold_at < month.ends_at
    WHERE sale.price_minor > 0
    ON CONFLICT DO NOTHING
"""
"""What is there by now was counted with its month; prices are as they are now."""


def upgrade() -> None:
    op.create_table(
        "billed_sales",
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("period", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("sold_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_id", "period"],
            ["billed_months.host_id", "billed_months.period"],
            name="fk_billed_sales_host_id_billed_months",
        ),
        sa.PrimaryKeyConstraint("sale_id", name="pk_billed_sales"),
    )
    op.create_index("ix_billed_sales_host_id_period", "billed_sales", ["host_id", "period", "sold_at"])
    op.execute(_COUNTED_SO_FAR)


def downgrade() -> None:
    op.drop_table("billed_sales")
