"""The logo of the installation's documents over HTTP, as the image itself."""

from typing import Any

from fastapi import APIRouter, Request, Response

from spotfi_cloud.billing import service
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/billing/issuer/logo")
_IMAGES: dict[str, Any] = {
    f"image/{kind}": {"schema": {"type": "string", "format": "binary"}} for kind in ("png", "jpeg", "webp")
}


@router.put("", status_code=204, openapi_extra={"requestBody": {"required": True, "content": _IMAGES}})
async def put_issuer_logo(request: Request, session: RequestSession) -> None:
    """Put this logo on documents: the body is a PNG, JPEG or WebP image of at most 256 KiB. Admin only.

    Documents keep the one they were issued with.
    """
    await service.put_own_logo(session, await request.body())


@router.get(
    "",
    response_class=Response,
    responses={
        200: {"content": _IMAGES, "description": "The image."},
        204: {"description": "Documents get no logo."},
    },
    dependencies=[can(Area.SETTINGS)],
)
async def get_issuer_logo(session: RequestSession) -> Response:
    """The logo that documents get which are issued now; 204 where they get none. Admin only."""
    logo = await service.get_own_logo(session)
    if logo is None:
        return Response(status_code=204)
    return Response(logo.image, media_type=logo.content_type)


@router.delete("", status_code=204)
async def delete_issuer_logo(session: RequestSession) -> None:
    """Put no logo on documents from now on. Admin only."""
    await service.delete_own_logo(session)
