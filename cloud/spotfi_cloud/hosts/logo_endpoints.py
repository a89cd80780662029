"""A host's logo over HTTP, as the image itself."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from spotfi_cloud.hosts import service
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/hosts/{host_id}/logo", tags=["hosts"], dependencies=[can(Area.HOSTS)])
_IMAGES: dict[str, Any] = {
    f"image/{kind}": {"schema": {"type": "string", "format": "binary"}} for kind in ("png", "jpeg", "webp")
}


@router.put("", status_code=204, openapi_extra={"requestBody": {"required": True, "content": _IMAGES}})
async def put_logo(request: Request, session: RequestSession, scope: RequestScope, host_id: UUID) -> None:
    """Show guests this logo: the body is a PNG, JPEG or WebP image of at most 256 KiB."""
    await service.put_logo(session, scope, host_id, await request.body(), clock=request.app.state.clock)


@router.get("", response_class=Response, responses={200: {"content": _IMAGES, "description": "The image."}})
async def get_logo(session: RequestSession, scope: RequestScope, host_id: UUID) -> Response:
    """The host's logo."""
    logo = await service.get_logo(session, scope, host_id)
    return Response(logo.image, media_type=logo.content_type)


@router.delete("", status_code=204)
async def delete_logo(session: RequestSession, scope: RequestScope, host_id: UUID) -> None:
    """Show guests no logo."""
    await service.delete_logo(session, scope, host_id)
