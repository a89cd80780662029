"""The schema's history: what the migrations make is what the tables say."""

from alembic import command

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase


def test_a_fresh_database_is_up_to_date(database_url: str) -> None:
    assert migrations.current(database_url) == migrations.head()
    assert not migrations.pending(database_url)


def test_an_empty_database_is_pending_and_upgrading_twice_is_as_good_as_once(postgres: EmbeddedDatabase) -> None:
    url = postgres.url("spotfi")
    migrations.upgrade(url)
    migrations.upgrade(url)
    assert not migrations.pending(url)


def test_the_migrations_make_exactly_what_the_tables_say(database_url: str) -> None:
    command.check(migrations.config_for(database_url))
