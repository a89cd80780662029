"""What a router's captive portal (uspot, CoovaChilli) and the guests' page share: the UAM secret."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.routers.device_keys import generate_radius_secret
from spotfi_cloud.routers.repository import inventory
from spotfi_cloud.routers.repository.inventory import Router

__all__ = ["UAM_SECRET_PURPOSE", "find_spot", "open_uam_secret", "remove_uam_secret", "rotate_uam_secret"]
UAM_SECRET_PURPOSE = "uam-secret"  # noqa: S105 - names what a Sealer is for, is no secret


async def rotate_uam_secret(
    session: AsyncSession, scope: Scope, router_id: UUID, *, sealer: Sealer
) -> tuple[Router, str]:
    """The router and its fresh UAM secret, valid at once and shown only now; the old is void. NotFoundError out of scope."""
    router = await inventory.lock_router(session, scope, router_id)
    secret = generate_radius_secret()
    router.uam_secret_sealed = sealer.seal(secret.encode())
    return router, secret


async def remove_uam_secret(session: AsyncSession, scope: Scope, router_id: UUID) -> None:
    """Have the router's links taken unsigned. NotFoundError out of scope."""
    (await inventory.lock_router(session, scope, router_id)).uam_secret_sealed = None


async def find_spot(session: AsyncSession, nas_identifier: str) -> Router | None:
    """The router a guest comes from, by its NAS identifier; None where none of that name may let guests in."""
    return await inventory.find_by_nas_identifier(session, nas_identifier)


def open_uam_secret(router: Router, sealer: Sealer) -> bytes:
    """Its UAM secret, opened by a Sealer of UAM_SECRET_PURPOSE; empty where it has none. SealError as ever."""
    return b"" if router.uam_secret_sealed is None else sealer.open(router.uam_secret_sealed)
