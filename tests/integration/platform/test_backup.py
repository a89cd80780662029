"""`spotfi db backup` and `restore`: what was there comes back, and a missing or wrong secret key is told first."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest

SPOTFI = Path(sys.executable).with_name("spotfi")
KEY = "the secret key of the installation that was backed up"


def spotfi(url: str, data_dir: Path, *arguments: str, key: str | None = KEY) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPOTFI_")}
    environ = inherited | {"SPOTFI_DATABASE_URL": url, "SPOTFI_DATA_DIR": str(data_dir)}
    if key is not None:
        environ["SPOTFI_SECRET_KEY"] = key
    return subprocess.run([SPOTFI, *arguments], env=environ, capture_output=True, text=True, check=False)


def add_host(url: str, name: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO hosts (id, name, timezone, currency, created_at)"
            " VALUES (gen_random_uuid(), %s, 'UTC', 'EUR', now())",
            [name],
        )


def hosts(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM hosts ORDER BY name").fetchall()]


@pytest.fixture
def backup(database_url: str, tmp_path: Path) -> Path:
    """A backup of a database with one host, which has another one since."""
    add_host(database_url, "Café")
    file = tmp_path / "monday.spotfi"
    done = spotfi(database_url, tmp_path, "db", "backup", str(file))
    assert done.returncode == 0, done.stderr
    assert "fingerprint" in done.stdout
    add_host(database_url, "Hotel")
    return file


def test_what_was_backed_up_comes_back_and_the_old_is_kept(database_url: str, backup: Path, tmp_path: Path) -> None:
    done = spotfi(database_url, tmp_path, "db", "restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert hosts(database_url) == ["Café"]
    kept = done.stdout.split("is kept as ")[1].split(".")[0]
    assert hosts(psycopg.conninfo.make_conninfo(database_url, dbname=kept)) == ["Café", "Hotel"]
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM audit_log")
    assert spotfi(database_url, tmp_path, "db", "status").returncode == 0


def test_the_file_holds_no_secret_key_and_is_private(backup: Path) -> None:
    assert KEY.encode() not in backup.read_bytes()
    assert backup.stat().st_mode & 0o077 == 0


def test_an_absent_or_different_secret_key_is_told_and_nothing_changes(
    database_url: str, backup: Path, tmp_path: Path
) -> None:
    absent = spotfi(database_url, tmp_path, "db", "restore", str(backup), key=None)
    assert absent.returncode == 2
    assert "SPOTFI_SECRET_KEY is not set" in absent.stderr
    other = spotfi(database_url, tmp_path, "db", "restore", str(backup), key="x" * 40)
    assert other.returncode == 2
    assert "another secret key" in other.stderr
    assert hosts(database_url) == ["Café", "Hotel"]
    unsaid = spotfi(database_url, tmp_path, "db", "backup", str(tmp_path / "next"), key=None)
    assert (unsaid.returncode, (tmp_path / "next").exists()) == (2, False)


def test_a_database_in_use_is_not_replaced(database_url: str, backup: Path, tmp_path: Path) -> None:
    with psycopg.connect(database_url):
        refused = spotfi(database_url, tmp_path, "db", "restore", str(backup))
    assert refused.returncode == 2
    assert "stop SpotFi" in refused.stderr
    assert hosts(database_url) == ["Café", "Hotel"]


def test_a_damaged_file_is_refused(database_url: str, backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    damaged.write_bytes(backup.read_bytes()[:-40_000])
    for file in (damaged, Path(__file__)):
        refused = spotfi(database_url, tmp_path, "db", "restore", str(file))
        assert refused.returncode == 2, refused.stderr
        assert "Traceback" not in refused.stderr
    assert hosts(database_url) == ["Café", "Hotel"]
    with psycopg.connect(database_url) as connection:
        left = connection.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'spotfi_scratch%'").fetchone()
    assert left is None
    assert tarfile.is_tarfile(backup)


def test_an_existing_file_is_not_overwritten(database_url: str, backup: Path, tmp_path: Path) -> None:
    before = backup.read_bytes()
    assert spotfi(database_url, tmp_path, "db", "backup", str(backup)).returncode == 2
    assert backup.read_bytes() == before


def test_the_embedded_database_is_started_for_a_backup_and_a_restore(
    database_url: str, backup: Path, tmp_path: Path
) -> None:
    assert database_url
    fresh = tmp_path / "fresh"
    restored = spotfi("", fresh, "db", "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    again = spotfi("", fresh, "db", "backup", str(tmp_path / "again"))
    assert again.returncode == 0, again.stderr
    assert not (fresh / "postgres" / "postmaster.pid").exists()
