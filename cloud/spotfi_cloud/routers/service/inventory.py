"""The inventory: routers are created, changed, revoked and deleted; the NAS list for RADIUS."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError, RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.routers.device_keys import generate_nas_identifier, generate_radius_secret
from spotfi_cloud.routers.nas import Nas
from spotfi_cloud.routers.repository import commands, enrolment, inventory, presence
from spotfi_cloud.routers.repository.inventory import Router, RouterFilter, RouterWithPresence
from spotfi_cloud.routers.rules import CommandState
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.storage.pages import PageQuery, Slice
from spotfi_cloud.storage.versions import ANY_VERSION, Expected

EVERY_ROUTER = RouterFilter()
RADIUS_SECRET_PURPOSE = "radius-secret"  # noqa: S105 - names what a Sealer is for, is no secret
_DEFAULT_COA_PORT = 3799  # RFC 5176 §2.1
_DEFAULT_INTERVAL_S = 30


@dataclass(frozen=True, slots=True)
class NewRouter:
    """What is known of a router before it exists. `legacy_radius` None: decided by the kind."""

    name: str
    host_id: UUID
    nas_kind: NasKind
    address: str | None = None
    legacy_radius: bool | None = None
    swapped_counters: bool | None = None
    coa_port: int = _DEFAULT_COA_PORT
    interval_s: int = _DEFAULT_INTERVAL_S
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class RouterChanges:
    """New values by field name; only fields that a person may change."""

    values: dict[str, object]


async def create_router(
    session: AsyncSession, scope: Scope, new: NewRouter, *, sealer: Sealer, clock: Clock
) -> tuple[Router, str]:
    """A new router and its RADIUS secret, which is never shown again. NotFoundError for a host out of scope."""
    if not scope.covers(new.host_id):
        msg = "There is no host with this id."
        raise NotFoundError(msg, field="host_id")
    _require_whole_position(new.latitude, new.longitude)
    secret = generate_radius_secret()
    router = Router(
        id=new_id(),
        host_id=new.host_id,
        name=new.name,
        nas_kind=new.nas_kind.value,
        address=new.address,
        nas_identifier=generate_nas_identifier(),
        radius_secret_sealed=sealer.seal(secret.encode()),
        # uspot's RADIUS client sends no Message-Authenticator.
        legacy_radius=new.nas_kind is NasKind.USPOT if new.legacy_radius is None else new.legacy_radius,
        swapped_counters=new.swapped_counters,
        radsec_certificate_sha256=None,
        coa_port=new.coa_port,
        interval_s=new.interval_s,
        latitude=new.latitude,
        longitude=new.longitude,
        created_at=clock.now(),
        revoked_at=None,
        deleted_at=None,
    )
    await inventory.add_router(session, router)
    await announce(session, Channel.ACCESS, "router")
    return router, secret


async def get_router(session: AsyncSession, scope: Scope, router_id: UUID) -> RouterWithPresence:
    """One router with what was last heard of it (None: nothing yet). NotFoundError out of scope."""
    return await inventory.get_router(session, scope, router_id)


async def list_routers(
    session: AsyncSession, scope: Scope, page: PageQuery, wanted: RouterFilter = EVERY_ROUTER
) -> Slice[RouterWithPresence]:
    """The wanted ones of the routers in the scope, newest first."""
    return await inventory.list_routers(session, scope, page, wanted)


async def change_router(
    session: AsyncSession,
    scope: Scope,
    router_id: UUID,
    changes: RouterChanges,
    *,
    expected: Expected = ANY_VERSION,
) -> RouterWithPresence:
    """Change fields; a new reporting interval reaches the router at once if it is online. StaleError as ever."""
    router = await inventory.lock_router(session, scope, router_id)
    expected.require(router)
    for name, value in changes.values.items():
        setattr(router, name, value)
    _require_whole_position(router.latitude, router.longitude)
    await session.flush()
    await announce(session, Channel.ACCESS, "router")
    if "interval_s" in changes.values:
        await announce(session, Channel.COMMANDS, str(router_id))
    return await inventory.get_router(session, scope, router_id)


def _require_whole_position(latitude: float | None, longitude: float | None) -> None:
    if (latitude is None) == (longitude is None):
        return
    missing = "latitude" if latitude is None else "longitude"
    msg = f"A place is latitude and longitude: give {missing} too, or neither."
    raise RejectedError(msg, field=missing)


async def revoke_router(session: AsyncSession, scope: Scope, router_id: UUID, *, clock: Clock) -> None:
    """Shut a router out: key, codes and waiting commands are void, its RADIUS is refused. Repeating changes nothing."""
    router = await inventory.lock_router(session, scope, router_id)
    router.revoked_at = router.revoked_at or clock.now()
    await _shut_out(session, router_id, clock)


async def reinstate_router(session: AsyncSession, scope: Scope, router_id: UUID) -> None:
    """Take back a revocation. The old key stays void: the router enrols again with a fresh code."""
    router = await inventory.lock_router(session, scope, router_id)
    router.revoked_at = None
    await announce(session, Channel.ACCESS, "router")


async def delete_router(
    session: AsyncSession, scope: Scope, router_id: UUID, *, clock: Clock, expected: Expected = ANY_VERSION
) -> None:
    """Take a router out of the inventory; its usage and its lines on invoices stay."""
    router = await inventory.lock_router(session, scope, router_id)
    expected.require(router)
    inventory.mark_deleted(router, clock.now())
    await _shut_out(session, router_id, clock)


async def _shut_out(session: AsyncSession, router_id: UUID, clock: Clock) -> None:
    now = clock.now()
    await enrolment.void_codes(session, router_id, now)
    await enrolment.revoke_key(session, router_id, now)
    await presence.end_connection(session, router_id, now)
    for command in await commands.lock_untaken(session, [router_id]):
        command.state = CommandState.CANCELLED
        command.finished_at = now
        command.result = {"message": "The router was revoked."}
    await announce(session, Channel.ROUTER_ACCESS, str(router_id))
    await announce(session, Channel.ACCESS, "router")


async def rotate_radius_secret(session: AsyncSession, scope: Scope, router_id: UUID, *, sealer: Sealer) -> str:
    """A fresh RADIUS secret, valid at once and shown only now; the old one is void."""
    router = await inventory.lock_router(session, scope, router_id)
    secret = generate_radius_secret()
    router.radius_secret_sealed = sealer.seal(secret.encode())
    await announce(session, Channel.ACCESS, "router")
    return secret


async def get_nas_list(session: AsyncSession, sealer: Sealer) -> list[Nas]:
    """Every NAS that may speak RADIUS now, its secret opened by a Sealer of RADIUS_SECRET_PURPOSE.

    Raises SealError where the installation's secret key is another one.
    """
    return [_as_nas(router, has_agent, sealer) for router, has_agent in await inventory.list_nas(session)]


def _as_nas(router: Router, has_agent: bool, sealer: Sealer) -> Nas:
    return Nas(
        router_id=router.id,
        host_id=router.host_id,
        name=router.name,
        nas_kind=NasKind(router.nas_kind),
        nas_identifier=router.nas_identifier,
        address=router.address,
        secret=sealer.open(router.radius_secret_sealed),
        legacy_radius=router.legacy_radius,
        coa_port=router.coa_port,
        has_agent=has_agent,
        swapped_counters=router.swapped_counters,
        radsec_certificate_sha256=router.radsec_certificate_sha256,
    )
