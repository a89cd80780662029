"""`spotfi db backup` and `restore`: one file with everything but the secret key, of which it keeps a fingerprint.

The file is a tar of `manifest.json` and `database.dump` (pg_dump's custom format). Both commands restore it into a database of
its own and count every table's rows before they call it good.
"""

import json
import os
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.cli import scratch
from spotfi_cloud.entrypoints.cli.postgres_programs import programs_for, run_program
from spotfi_cloud.entrypoints.embedded.secret_key import kept_secret_key
from spotfi_cloud.entrypoints.settings import Settings, SettingsError
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, RejectedError
from spotfi_cloud.kernel.sealing import derive_key

_FORMAT = 1
_MANIFEST, _DUMP = "manifest.json", "database.dump"
_MAX_MANIFEST_BYTES = 1024 * 1024
_PORTABLE = ("--no-owner", "--no-privileges")
_APPEND_ONLY = "REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM PUBLIC, CURRENT_USER"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself."""

    format: int
    made_at: str
    schema: str | None
    secret_key_fingerprint: str
    rows: dict[str, int]


def fingerprint(secret_key: str) -> str:
    """Tells one secret key from another and nothing about it."""
    return derive_key(secret_key, "backup-fingerprint")[:8].hex()


def back_up(settings: Settings, url: str, file: Path, *, clock: Clock) -> Manifest:
    """Write the file, whole or not at all, after a trial restore."""
    secret_key = _secret_key(settings, "so that a restore can tell whether it has the right one")
    if file.exists():
        msg = f"{file} exists already; give another name."
        raise ConflictError(msg)
    if not os.access(file.absolute().parent, os.W_OK):
        msg = f"{file.absolute().parent} is no folder that can be written."
        raise RejectedError(msg)
    with tempfile.TemporaryDirectory(prefix=".spotfi-backup-", dir=file.absolute().parent) as folder:
        dump = Path(folder, _DUMP)
        manifest = _dump(url, dump, secret_key, clock)
        with scratch.maintaining(url) as maintenance:
            _restore_beside(maintenance, url, dump, manifest, lambda _name: None)
        whole = Path(folder, "backup.tar")
        _pack(whole, manifest, dump)
        whole.rename(file)
    return manifest


def restore(settings: Settings, url: str, file: Path, *, clock: Clock) -> tuple[Manifest, str]:
    """Put the backup in the place of the installation's database; the name under which the old one is kept."""
    with tempfile.TemporaryDirectory(prefix="spotfi-restore-") as folder:
        manifest, dump = _unpack(file, Path(folder))
        _check_key(settings, manifest)
        kept: list[str] = []
        with scratch.maintaining(url) as maintenance:

            def swap(name: str) -> None:
                kept.append(scratch.put_in_place(maintenance, name, scratch.name_of(url), clock.now()))

            _restore_beside(maintenance, url, dump, manifest, swap)
    return manifest, kept[0]


def _secret_key(settings: Settings, reason: str) -> str:
    key = settings.secret_key.get_secret_value() if settings.secret_key else kept_secret_key(settings.data_dir)
    if key is None:
        msg = f"SPOTFI_SECRET_KEY is not set and {settings.data_dir} keeps none; it is needed {reason}."
        raise SettingsError(msg, field="SPOTFI_SECRET_KEY")
    return key


def _check_key(settings: Settings, manifest: Manifest) -> None:
    wanted = manifest.secret_key_fingerprint
    key = _secret_key(
        settings, f"to open what the backup holds: set the key whose fingerprint is {wanted} (it is not in the backup)"
    )
    if fingerprint(key) != wanted:
        msg = (
            f"This backup is sealed with another secret key (fingerprint {wanted}, yours is {fingerprint(key)}): "
            "set SPOTFI_SECRET_KEY to the key of the installation it was made of."
        )
        raise SettingsError(msg, field="SPOTFI_SECRET_KEY")


def _dump(url: str, dump: Path, secret_key: str, clock: Clock) -> Manifest:
    """pg_dump of one snapshot, and the rows each table has in it."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        rows = scratch.row_counts(connection)
        arguments = ("--format=custom", *_PORTABLE, f"--snapshot={row[0]}", f"--file={dump}")
        run_program(programs_for(connection) / "pg_dump", *arguments, url=url)
    return Manifest(_FORMAT, clock.now().isoformat(), migrations.current(url), fingerprint(secret_key), rows)


def _restore_beside(maintenance: psycopg.Connection, url: str, dump: Path, manifest: Manifest, then: Any) -> None:
    """Restore into a scratch database, compare every table's rows, and hand its name on."""
    name = f"spotfi_scratch_{os.getpid()}"
    with scratch.scratch_database(maintenance, name):
        target = scratch.beside(url, name)
        restorer = programs_for(maintenance) / "pg_restore"
        run_program(restorer, *_PORTABLE, "--exit-on-error", f"--dbname={name}", str(dump), url=target)
        with psycopg.connect(target) as connection:
            found = scratch.row_counts(connection)
            if "audit_log" in found:
                connection.execute(_APPEND_ONLY)
        if found != manifest.rows:
            differing = sorted(table for table in found | manifest.rows if found.get(table) != manifest.rows.get(table))
            msg = f"The backup is not whole: the rows of {', '.join(differing[:5])} are not as many as they were."
            raise RejectedError(msg)
        then(name)


def _pack(whole: Path, manifest: Manifest, dump: Path) -> None:
    described = dump.with_name(_MANIFEST)
    described.write_text(json.dumps(asdict(manifest), indent=1))
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(described, _MANIFEST)
            archive.add(dump, _DUMP)
        file.flush()
        os.fsync(file.fileno())


def _unpack(file: Path, folder: Path) -> tuple[Manifest, Path]:
    """RejectedError where the file is no backup of SpotFi's, or one of a newer version."""
    try:
        with tarfile.open(file) as archive:
            member = archive.getmember(_MANIFEST)
            described = archive.extractfile(member)
            if described is None or member.size > _MAX_MANIFEST_BYTES:
                raise KeyError(_MANIFEST)
            manifest = Manifest(**json.loads(described.read()))
            archive.extract(archive.getmember(_DUMP), folder, filter="data")
    except (OSError, tarfile.TarError, KeyError, TypeError, ValueError) as error:
        msg = f"{file} cannot be read as a backup of SpotFi's."
        raise RejectedError(msg) from error
    if manifest.format != _FORMAT or manifest.schema not in migrations.revisions():
        msg = f"{file} was made by a newer SpotFi (schema {manifest.schema}); update this installation first."
        raise RejectedError(msg)
    return manifest, folder / _DUMP
