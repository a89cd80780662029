"""Sessions and the ledger without foreign keys; what they speak of cannot be deleted all the same."""

from alembic import op

revision = "0022_accounting_road"
down_revision = "0021_branding"
branch_labels = None
depends_on = None

_KEYS = (
    ("sessions", "router_id", "routers"),
    ("sessions", "host_id", "hosts"),
    ("sessions", "subscriber_id", "subscribers"),
    ("usage_ledger", "session_id", "sessions"),
)
# A foreign key is checked at each insert, one row at a time; accounting takes the ids from these very tables. What is left to
# guard is the other side, which nothing in the product ever does.
_GUARD = """
CREATE FUNCTION {table}_{column}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM {table} WHERE {column} = OLD.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'rows of {table} speak of this row of {referred}';
    END IF;
    RETURN OLD;
END $$
"""


def _name(table: str, column: str, referred: str) -> str:
    return f"fk_{table}_{column}_{referred}"


def upgrade() -> None:
    for table, column, referred in _KEYS:
        op.drop_constraint(_name(table, column, referred), table)
        op.execute(_GUARD.format(table=table, column=column, referred=referred))
        op.execute(
            f"CREATE TRIGGER {table}_{column}_guard AFTER DELETE ON {referred} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_{column}_guard()"
        )


def downgrade() -> None:
    for table, column, referred in _KEYS:
        op.execute(f"DROP TRIGGER {table}_{column}_guard ON {referred}")
        op.execute(f"DROP FUNCTION {table}_{column}_guard()")
        op.create_foreign_key(_name(table, column, referred), table, referred, [column], ["id"])
