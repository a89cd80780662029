"""`spotfi up`: from settings to a running platform, and back to nothing.

Database, then schema and first Admin, then the broker, then whatever the caller adds. The other roles are started at once,
because most of a start is importing: they wait for the schema by themselves, and so does the API with being ready.

Everything is resolved here (database, secret key, broker password, certificates) and handed to the roles as the same variables
a production service gets.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Sequence

import structlog

from spotfi_cloud.entrypoints import logs
from spotfi_cloud.entrypoints.embedded.announcement import announcement, reachable
from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates
from spotfi_cloud.entrypoints.embedded.data_folder import holding
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase, server_environ
from spotfi_cloud.entrypoints.embedded.first_steps_process import FirstSteps
from spotfi_cloud.entrypoints.embedded.ports import check_ports, settle_radsec
from spotfi_cloud.entrypoints.embedded.program import Program
from spotfi_cloud.entrypoints.embedded.programs import wheel_programs
from spotfi_cloud.entrypoints.embedded.readiness import until_ready
from spotfi_cloud.entrypoints.embedded.roles import environ_of, role_program
from spotfi_cloud.entrypoints.embedded.secret_key import keep_secret_key, mqtt_password_of
from spotfi_cloud.entrypoints.embedded.supervisor import Supervisor
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.kernel.errors import DependencyError

_log = structlog.get_logger(__name__)
_POLL_S = 0.02
_WAITING_ROLES = ("api", "radius", "ingest", "worker")

ExtraPrograms = Callable[[Settings], Sequence[Program]]
"""Given the resolved settings: what else to run once the platform is ready."""


def up(settings: Settings, extra: ExtraPrograms | None = None) -> None:
    """Run the platform until SIGTERM, SIGINT or SIGHUP. SpotFiError, with nothing left running, where it cannot start."""
    logs.configure("supervisor", level=settings.log_level)
    began = time.monotonic()
    with holding(settings.data_dir):
        settings = settle_radsec(settings)
        check_ports(settings, broker=_own_broker(settings))
        database = EmbeddedDatabase(settings.data_dir, wheel_programs()) if settings.database_url is None else None
        resolved = _resolved(settings, data_exists=database is not None and database.exists())
        asyncio.run(_Platform(resolved, database, extra, began).run())


def _own_broker(settings: Settings) -> bool:
    """Whether the broker is ours to run: not where the cloud is told to use another one."""
    return "mqtt_url" not in settings.model_fields_set


def _resolved(settings: Settings, *, data_exists: bool) -> Settings:
    if settings.secret_key is None:
        settings = settings.changed(secret_key=keep_secret_key(settings.data_dir, data_exists=data_exists))
    if settings.mqtt_password is None:
        settings = settings.changed(mqtt_password=mqtt_password_of(settings.require_secret_key()))
    ensure_certificates(settings, SystemClock())
    return settings


class _Platform:
    """One run, from the first program's start to the last one's end."""

    def __init__(
        self, settings: Settings, database: EmbeddedDatabase | None, extra: ExtraPrograms | None, began: float
    ) -> None:
        self._settings = settings
        self._database = database
        self._extra = extra
        self._began = began
        self._supervisor = Supervisor()
        self._own_broker = _own_broker(settings)
        self._untold_password: str | None = None

    async def run(self) -> None:
        told_to_stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
        stopping = asyncio.create_task(told_to_stop.wait())
        starting = asyncio.create_task(self._start())
        try:
            await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await stopping
        finally:
            _log.info("platform_stopping")
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await self._supervisor.stop()
            self._tell_password()
            _log.info("platform_stopped")

    async def _start(self) -> None:
        if self._database is not None:
            self._settings = self._settings.changed(database_url=self._database.url())
        first_steps = FirstSteps(environ_of(self._settings))
        try:
            await first_steps.start()
            roles = [self._supervisor.start(role_program(name, self._settings)) for name in _WAITING_ROLES]
            if self._database is not None:
                await self._start_database(self._database)
            self._untold_password = await first_steps.take()
        finally:
            await first_steps.end()
        if self._own_broker:
            roles.append(self._supervisor.start(role_program("broker", self._settings)))
        await asyncio.gather(*(role.started.wait() for role in roles))
        await until_ready(reachable(self._settings.http_host), self._settings.http_port)
        self._announce()
        for program in self._extra(self._settings) if self._extra else ():
            self._supervisor.start(program)

    async def _start_database(self, database: EmbeddedDatabase) -> None:
        """Start it and wait until it is ready, crash recovery included."""
        orphans = await asyncio.to_thread(database.prepare)
        if orphans:
            _log.warning("database_orphan_stopped", pids=orphans)
        running = self._supervisor.start(_database_program(database), foundation=True)
        while not database.is_ready():
            if running.endings:
                msg = f"The embedded database in {database.data} does not start; what it said is above."
                raise DependencyError(msg)
            await asyncio.sleep(_POLL_S)

    def _announce(self) -> None:
        took_s = time.monotonic() - self._began
        text = announcement(
            self._settings, made_up_password=self._untold_password, own_broker=self._own_broker, took_s=took_s
        )
        self._untold_password = None
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        _log.info("platform_ready", after_s=round(took_s, 2))

    def _tell_password(self) -> None:
        """Where the end comes before the announcement: the first Admin's password would be lost otherwise."""
        if self._untold_password is not None:
            sys.stdout.write(f"Password of {self._settings.admin_email}: {self._untold_password}\n")


def _database_program(database: EmbeddedDatabase) -> Program:
    def argv() -> list[str]:
        database.prepare()  # after a crash: what is left of the old server goes first
        return database.argv()

    return Program("database", argv, server_environ(), end_signal=signal.SIGINT, folder="/")
