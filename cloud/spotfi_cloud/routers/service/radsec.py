"""Which certificate a router shows over RadSec: at most one; a new one takes the place of the old at once."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.routers.repository import inventory
from spotfi_cloud.storage.conflicts import violations_as
from spotfi_cloud.storage.notify import Channel, announce


async def set_radsec_certificate(session: AsyncSession, scope: Scope, router_id: UUID, sha256: str | None) -> None:
    """Admit the certificate of this fingerprint (64 lower-case hex digits), or none any more.

    ConflictError where another router has it.
    """
    router = await inventory.lock_router(session, scope, router_id)
    taken = ConflictError("Another router uses this certificate. Each needs one of its own.", field="sha256")
    async with violations_as({"uq_routers_radsec_certificate_sha256": taken}):
        router.radsec_certificate_sha256 = sha256
        await session.flush()
    await announce(session, Channel.ACCESS, "router")


async def nas_identifier_of(session: AsyncSession, scope: Scope, router_id: UUID) -> str:
    """The name certificates are issued for. NotFoundError out of scope."""
    return (await inventory.lock_router(session, scope, router_id)).nas_identifier
