"""Mosquitto under our care: its configuration, its password file and ACL, its life.

Mosquitto reads the two access files at start and on SIGHUP, and then drops every client whose password is no longer in
them. A router whose key was revoked keeps it for a moment longer, with an ACL that denies what it publishes, so that it can
be told; then it goes. When Mosquitto ends by itself the keeper ends too, and whoever supervises it starts both again.
"""

import asyncio
import contextlib
import getpass
import os
import shutil
import signal
import string
from collections.abc import Iterable, Mapping
from pathlib import Path

import structlog

import spotfi_broker
from spotfi_broker import password_hash
from spotfi_broker.access_list import AccessList
from spotfi_broker.permissions import CLOUD
from spotfi_broker.settings import Settings
from spotfi_broker.tls_files import await_tls_files
from spotfi_protocol.topics import PREFIX

_log = structlog.get_logger(__name__)

REVOCATION_GRACE_S = 2.0
"""How long a revoked router stays connected, to be told."""
_QUIET_S = 0.2
_STOP_TIMEOUT_S = 2.0
_MEMORY_LIMIT_BYTES = 768 * 1024 * 1024
_SEARCH_PATH = f"{os.defpath}:/usr/local/sbin:/usr/sbin:/sbin"


class MosquittoEndedError(Exception):
    """Mosquitto could not be started or ended by itself."""


class AccessFiles:
    """Mosquitto's password file and ACL in a directory, written so that a reader sees the old or the new, never half."""

    def __init__(self, directory: Path, cloud_password: str, acl: str) -> None:
        self._directory = directory
        self._cloud_hash = password_hash.make(cloud_password)
        self._acl = acl

    def write(self, key_hashes: Mapping[str, str], barred: Iterable[str]) -> None:
        """Let these users in; what the barred ones publish is denied."""
        users = {CLOUD: self._cloud_hash, **key_hashes}
        _replace(self._directory / "password_file", "".join(f"{user}:{users[user]}\n" for user in sorted(users)))
        denials = (f"\nuser {user}\ntopic deny {PREFIX}/{user}/up/#\n" for user in sorted(barred))
        _replace(self._directory / "acl", self._acl + "".join(denials))


class Keeper:
    """Keeps the access files and Mosquitto in step with the access list."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._directory = settings.data_dir / "mosquitto"
        self._access = AccessList(settings.database_url, settings.mqtt_password)
        self._known: dict[str, str] = {}
        self._barred: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Until cancelled, or MosquittoEndedError."""
        sources = configuration_directory()
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._files = AccessFiles(
            self._directory, self._settings.mqtt_password, (sources / "acl").read_text(encoding="utf-8")
        )
        configuration = string.Template((sources / "mosquitto.conf").read_text(encoding="utf-8"))
        _replace(self._directory / "mosquitto.conf", configuration.substitute(self._values()))
        tasks = [asyncio.create_task(work) for work in (self._follow(), self._apply())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._stop_mosquitto()

    def _values(self) -> dict[str, object]:
        settings = self._settings
        return {
            "directory": self._directory,
            "memory_limit_bytes": _MEMORY_LIMIT_BYTES,
            "user": getpass.getuser(),
            "mqtt_host": settings.mqtt_host,
            "mqtt_port": settings.mqtt_port,
            "mqtt_tunnel_port": settings.mqtt_tunnel_port,
            "mqtt_tls_host": settings.mqtt_tls_host,
            "mqtt_tls_port": settings.mqtt_tls_port,
            "tls_cert_file": settings.tls_cert_file,
            "tls_key_file": settings.tls_key_file,
        }

    async def _follow(self) -> None:
        async for changed in self._access.follow():
            current = self._access.key_hashes
            for user in changed - current.keys():
                if user in self._known:
                    self._barred[user] = self._known[user]
                    asyncio.get_running_loop().call_later(REVOCATION_GRACE_S, self._end_grace, user)
                    _log.info("client_barred", user=user)
            self._known = dict(current)
            if changed or self._process is None:
                self._changed.set()

    def _end_grace(self, user: str) -> None:
        self._barred.pop(user, None)
        self._changed.set()

    async def _apply(self) -> None:
        """Write the files and tell Mosquitto, at most once per quiet moment, so that a wave of changes costs one reload."""
        ended: asyncio.Task[int] | None = None
        while ended is None or not ended.done():
            waiting = asyncio.create_task(self._changed.wait())
            await asyncio.wait({waiting, ended} if ended else {waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if not self._changed.is_set():
                continue
            self._changed.clear()
            barred = {user: key for user, key in self._barred.items() if user not in self._known}
            self._files.write({**self._known, **barred}, barred)
            if self._process is None:
                self._process = await self._start_mosquitto()
                ended = asyncio.create_task(self._process.wait())
            else:
                with contextlib.suppress(ProcessLookupError):
                    self._process.send_signal(signal.SIGHUP)
            await asyncio.sleep(_QUIET_S)
        msg = f"exit status {ended.result()}"
        raise MosquittoEndedError(msg)

    async def _start_mosquitto(self) -> asyncio.subprocess.Process:
        program = shutil.which("mosquitto", path=_SEARCH_PATH)
        if program is None:
            msg = "the program is not installed"
            raise MosquittoEndedError(msg)
        process = await asyncio.create_subprocess_exec(
            program, "-c", str(self._directory / "mosquitto.conf"), stdin=asyncio.subprocess.DEVNULL
        )
        _log.info("mosquitto_started", pid=process.pid, routers=len(self._known))
        return process

    async def _stop_mosquitto(self) -> None:
        await self._access.close()
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
        _log.info("mosquitto_stopped")


async def keep_mosquitto(settings: Settings) -> None:
    """Run Mosquitto until cancelled; MosquittoEndedError when it ends by itself."""
    await await_tls_files(settings)
    await Keeper(settings).run()


def configuration_directory() -> Path:
    """Where mosquitto.conf and acl are: in the installed package, else in the source tree."""
    package = Path(spotfi_broker.__file__).parent
    inside = package / "mosquitto"
    return inside if inside.is_dir() else package.parent / "mosquitto"


def _replace(path: Path, text: str) -> None:
    """Write a file only its owner can read, at once or not at all."""
    new = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
