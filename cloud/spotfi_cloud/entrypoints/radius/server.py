"""One process of the role: two ports, their queues, and what it knows by heart, kept fresh by notifications."""

import asyncio
import gc
import signal
import ssl

import structlog
from prometheus_client import REGISTRY
from sqlalchemy.exc import DBAPIError

from spotfi_cloud.entrypoints.metrics_port import open_metrics_port
from spotfi_cloud.entrypoints.radius.account_cache import AccountCache
from spotfi_cloud.entrypoints.radius.accounting import Accounting
from spotfi_cloud.entrypoints.radius.authentication import Authentication, LoginKeys
from spotfi_cloud.entrypoints.radius.intake import Intake
from spotfi_cloud.entrypoints.radius.metrics import RadiusMetrics
from spotfi_cloud.entrypoints.radius.nas_directory import NasDirectory
from spotfi_cloud.entrypoints.radius.origin import Origin
from spotfi_cloud.entrypoints.radius.queue import RequestQueue
from spotfi_cloud.entrypoints.radius.radsec import Certificates, RadsecPort, RadsecTerms
from spotfi_cloud.entrypoints.radius.reporting import Reporter
from spotfi_cloud.entrypoints.radius.sockets import UdpPort
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.kernel.clock import Clock, SystemClock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.routers import service as routers
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.notify import Channel, listen

_log = structlog.get_logger(__name__)
_DRAIN_S = 2.0
_RELOAD_EVERY_S = 30.0
_RETRY_S = 1.0


class RadiusServer:
    """The server of one process. Ports of 0 are chosen by the system; see `auth_port`, `acct_port`."""

    def __init__(
        self,
        database: Database,
        secret_key: str,
        *,
        clock: Clock,
        default_zone: str,
        host: str,
        auth_port: int,
        acct_port: int,
        radsec: RadsecTerms | None = None,
        shared_ports: bool = False,
    ) -> None:
        self._database = database
        self._nas_sealer = Sealer(secret_key, routers.RADIUS_SECRET_PURPOSE)
        self._directory = NasDirectory()
        self._cache = AccountCache()
        self._stale = asyncio.Event()
        auth, acct = (
            Intake("auth", Code.ACCESS_REQUEST, self._directory, clock),
            Intake("acct", Code.ACCOUNTING_REQUEST, self._directory, clock),
        )
        keys = LoginKeys.derive(secret_key)
        self._logins = logins = Authentication(auth, self._cache, keys, clock, default_zone)
        accounting = Accounting(acct, self._cache, keys.passwords, clock, default_zone)
        self._queues = RequestQueue(database, auth, logins.decide), RequestQueue(database, acct, accounting.record)
        self._reporter = Reporter(database, logins.attempts, (auth.tally, acct.tally), clock)
        self.metrics = RadiusMetrics((auth.tally, acct.tally), self._queues)
        self._ports = (
            UdpPort(host, auth_port, auth.receive, shared=shared_ports),
            UdpPort(host, acct_port, acct.receive, shared=shared_ports),
        )
        self._radsec = None if radsec is None else self._open_radsec(radsec, host, auth, acct, shared=shared_ports)
        auth.connect(lambda request: logins.accept_into(self._queues[0], request))
        acct.connect(lambda request: accounting.accept_into(self._queues[1], request))
        self.auth_port, self.acct_port = (port.number for port in self._ports)

    @property
    def radsec_port(self) -> int | None:
        """Where RadSec is served; None where it is off."""
        return None if self._radsec is None else self._radsec.number

    def _open_radsec(self, terms: RadsecTerms, host: str, auth: Intake, acct: Intake, *, shared: bool) -> RadsecPort:
        def receive(packet: bytes, origin: Origin) -> None:
            """One port for all: the packet's code says whose it is (RFC 6614 §2.1)."""
            (acct if packet[0] == Code.ACCOUNTING_REQUEST else auth).receive(packet, origin)

        admits, refuse = self._directory.admits, auth.drop
        return RadsecPort(host, terms, receive, admits=admits, refuse=refuse, shared=shared)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then answer what is under way, for two seconds at most."""
        await self._reload()
        tasks = [asyncio.create_task(work) for work in self._works()]
        for port in self._ports:
            port.open()
        if self._radsec is not None:
            self._radsec.open()
        _log.info(
            "role_started",
            role="radius",
            auth=self.auth_port,
            acct=self.acct_port,
            radsec=self.radsec_port,
            nas=len(self._directory),
            receive_buffer_bytes=self._ports[0].buffer_bytes,
        )
        waiting = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
        await self._finish([waiting, *tasks])
        for task in done - {waiting}:
            task.result()

    def _works(self) -> list["asyncio._CoroutineLike[None]"]:
        return [self._hear(), self._keep_fresh(), self._reporter.run(), *(queue.run() for queue in self._queues)]

    def _all_ports(self) -> "list[UdpPort | RadsecPort]":
        return [*self._ports] if self._radsec is None else [*self._ports, self._radsec]

    async def _finish(self, tasks: "list[asyncio.Task[None] | asyncio.Task[bool]]") -> None:
        for port in self._all_ports():
            port.pause()
        try:
            async with asyncio.timeout(_DRAIN_S):
                for queue in self._queues:
                    await queue.drained()
        except TimeoutError:
            _log.warning("requests_abandoned")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._logins.close()
        await self._reporter.finish()
        for port in self._all_ports():
            port.close()
        _log.info("role_stopped", role="radius")

    async def _hear(self) -> None:
        """Forget what others have changed, at once."""
        async for note in listen(self._database, Channel.ACCESS, Channel.ENFORCEMENT):
            self._cache.clear()
            if note is None or note[0] is Channel.ACCESS:
                self._stale.set()

    async def _keep_fresh(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_RELOAD_EVERY_S):
                    await self._stale.wait()
            except TimeoutError:
                pass
            self._stale.clear()
            await self._reload()

    async def _reload(self) -> None:
        """The NAS list anew; while the database is away the old one serves. Raises SealError for another secret key."""
        try:
            async with self._database.unit_of_work() as session:
                self._directory.replace(await routers.get_nas_list(session, self._nas_sealer))
            if self._radsec is not None:
                self._radsec.check_certificates()
        except (DBAPIError, OSError) as error:
            _log.warning("nas_list_unread", error=str(error).splitlines()[0])
            self._stale.set()
            await asyncio.sleep(_RETRY_S)


async def serve(settings: Settings, *, shared_ports: bool, number: int = 0) -> None:
    """One process of the role, until SIGTERM or SIGINT; `number`: which one of several."""
    # Packets make garbage without cycles by the thousand: looking for cycles as often as usual takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    database = Database(settings.require_database_url(), pool_size=1)
    server = RadiusServer(
        database,
        settings.require_secret_key(),
        clock=SystemClock(),
        default_zone=settings.timezone,
        host=settings.radius_host,
        auth_port=settings.radius_auth_port,
        acct_port=settings.radius_acct_port,
        radsec=_radsec_terms(settings),
        shared_ports=shared_ports,
    )
    if settings.radius_metrics_port:
        REGISTRY.register(server.metrics)
        open_metrics_port(settings.metrics_host, settings.radius_metrics_port + number, "radius_metrics_port")
    try:
        await server.run(stop)
    finally:
        await database.close()


def _radsec_terms(settings: Settings) -> RadsecTerms | None:
    """None where RadSec is off, or the certificates are not there: UDP is served all the same, and the log says so."""
    if not settings.radsec_port:
        return None
    try:
        certificates = Certificates(settings.tls_cert_file, settings.tls_key_file, settings.tls_ca_file)
        return RadsecTerms(settings.radsec_port, certificates.context(), certificates.renewed)
    except (OSError, ssl.SSLError) as error:
        _log.warning("radsec_off", reason=f"{settings.tls_cert_file}: {error.strerror or error}")
        return None
