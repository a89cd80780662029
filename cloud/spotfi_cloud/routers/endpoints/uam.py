"""What a router's captive portal has to be told to send guests to their page, over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.routers import service
from spotfi_cloud.routers.service import uam
from spotfi_cloud.routers.uam_schemas import UamOut, UamSecretOut
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/routers/{router_id}", tags=["routers"], dependencies=[can(Area.ROUTERS)])


def _portal_url(request: Request, host_id: UUID) -> str:
    return f"{request.app.state.public_url}/portal/{host_id}"


@router.get("/uam")
async def get_uam(request: Request, session: RequestSession, scope: RequestScope, router_id: UUID) -> UamOut:
    """Where its captive portal sends guests (UAM server), and whether it has a secret to sign that with."""
    found, _ = await service.get_router(session, scope, router_id)
    return UamOut(
        portal_url=_portal_url(request, found.host_id),
        nas_identifier=found.nas_identifier,
        has_uam_secret=found.uam_secret_sealed is not None,
    )


@router.post("/uam-secret")
async def rotate_uam_secret(
    request: Request, session: RequestSession, scope: RequestScope, router_id: UUID
) -> UamSecretOut:
    """Make a fresh UAM secret, valid at once and shown only now. From then on guests' links have to be signed with it."""
    sealer = Sealer(request.app.state.secret_key, uam.UAM_SECRET_PURPOSE)
    found, secret = await uam.rotate_uam_secret(session, scope, router_id, sealer=sealer)
    return UamSecretOut(
        portal_url=_portal_url(request, found.host_id), nas_identifier=found.nas_identifier, uam_secret=secret
    )


@router.delete("/uam-secret", status_code=204)
async def remove_uam_secret(session: RequestSession, scope: RequestScope, router_id: UUID) -> None:
    """Take the UAM secret away: guests' links are then taken unsigned, for a captive portal that cannot sign."""
    await uam.remove_uam_secret(session, scope, router_id)
