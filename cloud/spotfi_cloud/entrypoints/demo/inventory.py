"""What the demonstration keeps in the database: made at its first start, found again at later ones."""

from datetime import timedelta
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import create_host
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.plans.service import create_plan
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.routers import service as routers
from spotfi_cloud.routers.nas import Nas
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.pages import PageQuery
from spotfi_cloud.subscribers.service import PASSWORD_PURPOSE, SubscriberFilter, create_subscriber, list_subscribers

GUEST_PASSWORD = "demo-guest"  # noqa: S105 - announced to whoever starts the demonstration, so that they can log in too
_VENUES = {"Lobby": (48.2037, 16.3689), "Terrace": (48.2044, 16.3701), "Pool": (48.2031, 16.3712)}
"""Routers, and where they stand: degrees north and east."""
USERNAMES = tuple(f"guest{number:02d}@hotel-demo" for number in range(1, 21))
_TASTERS = 5
"""How many of the guests have the small plan, whose quota is soon used up."""
_CODE_VALID = timedelta(hours=1)


async def ensure_inventory(database: Database, settings: Settings, clock: Clock) -> list[Nas]:
    """The demonstration's routers as RADIUS clients, secrets opened; all of it made where it is not there yet."""
    secret_key = settings.require_secret_key()
    async with database.unit_of_work() as session:
        first = await list_subscribers(session, Scope.everything(), PageQuery(), SubscriberFilter(USERNAMES[0]))
        host_id = first.items[0].host_id if first.items else await _create(session, settings, clock)
    async with database.unit_of_work() as session:
        every_nas = await routers.get_nas_list(session, Sealer(secret_key, routers.RADIUS_SECRET_PURPOSE))
    return [nas for nas in every_nas if nas.host_id == host_id]


async def _create(session: AsyncSession, settings: Settings, clock: Clock) -> UUID:
    everything, secret_key = Scope.everything(), settings.require_secret_key()
    host = await create_host(session, "Hotel Demo", "Europe/Vienna", "EUR", clock=clock)
    plans = [
        await create_plan(session, everything, host.id, fields, clock=clock)
        for fields in (_plan("Day pass", 2_000_000_000, 300), _plan("Taster", 40_000_000, 0))
    ]
    for number, username in enumerate(USERNAMES):
        await create_subscriber(
            session,
            everything,
            username=username,
            password=GUEST_PASSWORD,
            plan_id=plans[number < _TASTERS].id,
            host_id=host.id,
            sealer=Sealer(secret_key, PASSWORD_PURPOSE),
            clock=clock,
            default_zone=settings.timezone,
        )
    sealer = Sealer(secret_key, routers.RADIUS_SECRET_PURPOSE)
    for venue, (north, east) in _VENUES.items():
        new = routers.NewRouter(venue, host.id, NasKind.AGENT, interval_s=5, latitude=north, longitude=east)
        await routers.create_router(session, everything, new, sealer=sealer, clock=clock)
    return host.id


def _plan(name: str, quota_bytes: int, price_minor: int) -> dict[str, object]:
    return {
        "name": name,
        "quota_bytes": quota_bytes,
        "period": "day",
        "interim_interval_s": 60,
        "session_timeout_s": 3600,
        "rate_down_bps": 20_000_000,
        "rate_up_bps": 5_000_000,
        "max_sessions": 3,
        "price_minor": price_minor,
        "currency": "EUR",
    }


async def issue_code(database: Database, settings: Settings, router_id: UUID, clock: Clock) -> str:
    """A one-time code by which the router's agent enrols."""
    certificate = x509.load_pem_x509_certificate(settings.tls_ca_file.read_bytes())
    async with database.unit_of_work() as session:
        code, _ = await routers.issue_code(
            session,
            Scope.everything(),
            router_id,
            ca_der=certificate.public_bytes(Encoding.DER),
            valid_for=_CODE_VALID,
            clock=clock,
        )
    return code
