"""The schema's history: what the migrations make is what the tables say."""

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from spotfi_cloud.kernel.errors import DependencyError


def test_a_fresh_database_is_up_to_date(database_url: str) -> None:
    assert migrations.current(database_url) == migrations.head()
    assert not migrations.pending(database_url)


def test_the_names_of_the_scripts_are_the_chain() -> None:
    chain = [script.revision for script in ScriptDirectory.from_config(migrations.config_for("")).walk_revisions()]
    assert chain[::-1] == migrations.revisions()


def test_an_empty_database_is_at_nothing_and_pending(postgres: EmbeddedDatabase) -> None:
    url = postgres.url("template1")
    assert migrations.current(url) is None
    assert migrations.pending(url)


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    migrations.upgrade(database_url)
    assert not migrations.pending(database_url)


def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    with pytest.raises(DependencyError, match="newer SpotFi"):
        migrations.upgrade(database_url)


def test_a_database_out_of_reach_is_one_sentence() -> None:
    with pytest.raises(DependencyError, match="SPOTFI_DATABASE_URL"):
        migrations.current("postgresql://127.0.0.1:1/none")


def test_the_migrations_make_exactly_what_the_tables_say(database_url: str) -> None:
    command.check(migrations.config_for(database_url))
