"""`spotfi db`, `spotfi admin` and `spotfi verify` against a real database."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.identity.service import sign_in
from spotfi_cloud.kernel.errors import UnauthenticatedError
from spotfi_cloud.storage.database import Database

SPOTFI = Path(sys.executable).with_name("spotfi")
BALANCE_WITHOUT_LEDGER = """
WITH plan AS (
    INSERT INTO plans (id, name, period, price_minor, currency, interim_interval_s, created_at)
    VALUES (gen_random_uuid(), 'Month', 'month', 0, 'EUR', 300, now()) RETURNING id
), subscriber AS (
    INSERT INTO subscribers (id, username, password_sealed, plan_id, created_at)
    SELECT gen_random_uuid(), 'guest', '', id, now() FROM plan RETURNING id
)
INSERT INTO quota_balances (subscriber_id, period_start, period_end, used_bytes)
SELECT id, '2026-11-01Z', '2026-12-01Z', 12345 FROM subscriber
"""


def spotfi(url: str, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPOTFI_")}
    environ = {**inherited, "SPOTFI_DATABASE_URL": url}
    return subprocess.run([SPOTFI, *arguments], env=environ, input=stdin, capture_output=True, text=True, check=False)


def test_the_schema_can_be_asked_for_and_brought_up_to_date(database_url: str) -> None:
    assert spotfi(database_url, "db", "status").returncode == 0
    with psycopg.connect(database_url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    asked = spotfi(database_url, "db", "status")
    assert asked.returncode == 1
    assert "spotfi db upgrade" in asked.stdout
    assert spotfi(database_url, "db", "upgrade").returncode == 0
    assert not migrations.pending(database_url)


async def test_an_admin_is_made_and_gets_a_new_password_from_standard_input(
    database_url: str, database: Database
) -> None:
    made = spotfi(database_url, "admin", "create", "new@spotfi.test", stdin="first-password-1\n")
    assert made.returncode == 0, made.stderr
    async with database.unit_of_work() as session:
        assert (await sign_in(session, "new@spotfi.test", "first-password-1")).host_id is None
    assert spotfi(database_url, "admin", "password", "new@spotfi.test", stdin="second-password-2\n").returncode == 0
    async with database.unit_of_work() as session:
        await sign_in(session, "new@spotfi.test", "second-password-2")
        with pytest.raises(UnauthenticatedError):
            await sign_in(session, "new@spotfi.test", "first-password-1")


def test_an_account_nobody_has_is_one_sentence(database_url: str) -> None:
    refused = spotfi(database_url, "admin", "password", "nobody@spotfi.test", stdin="some-password-1\n")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "nobody@spotfi.test" in refused.stderr


def test_books_that_agree_are_verified(database_url: str) -> None:
    verified = spotfi(database_url, "verify")
    assert verified.returncode == 0, verified.stderr
    assert "agrees" in verified.stdout


def test_books_that_do_not_agree_are_told_of(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(BALANCE_WITHOUT_LEDGER)
    verified = spotfi(database_url, "verify")
    assert verified.returncode == 1, verified.stderr
    assert "12345 bytes" in verified.stdout
    assert "Differences: 1." in verified.stdout
