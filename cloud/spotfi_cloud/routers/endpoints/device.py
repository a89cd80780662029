"""What a router asks of the API by itself, with its own key: the two halves of a speed test.

By TLS or from this machine only, because the key travels with the request (RFC 7617).
"""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from spotfi_cloud.kernel.errors import UnauthenticatedError
from spotfi_cloud.routers import service
from spotfi_cloud.routers.private_channel import require_private
from spotfi_cloud.storage.request import RequestSession

_MOST_BYTES = 100_000_000
_BLOCK = bytes(64 * 1024)


async def _require_device(
    request: Request,
    session: RequestSession,
    given: Annotated[HTTPBasicCredentials | None, Depends(HTTPBasic(auto_error=False, description="Router id, key"))],
) -> UUID:
    """The router that asks. UnauthenticatedError for a wrong, revoked or missing key."""
    require_private(request.url.scheme, None if request.client is None else request.client.host)
    router_id = None if given is None else await service.identify_device(session, given.username, given.password)
    if router_id is None:
        msg = "This needs a router's id and device key."
        raise UnauthenticatedError(msg)
    return router_id


router = APIRouter(tags=["devices"], dependencies=[Depends(_require_device, scope="function")])


@router.get("/device/speed", response_class=Response, responses={200: {"content": {"application/octet-stream": {}}}})
async def send_bytes(
    size: Annotated[int, Query(alias="bytes", ge=1, le=_MOST_BYTES)],
) -> StreamingResponse:
    """So many bytes, for a router to measure its way down; it hangs up when it has seen enough."""
    headers = {"Content-Length": str(size), "Cache-Control": "no-store"}
    return StreamingResponse(_blocks(size), media_type="application/octet-stream", headers=headers)


@router.post("/device/speed", status_code=204)
async def take_bytes(request: Request) -> None:
    """Takes a body of at most a megabyte and forgets it, for a router to measure its way up."""
    async for _ in request.stream():
        pass


async def _blocks(size: int) -> AsyncIterator[bytes]:
    for begin in range(0, size, len(_BLOCK)):
        yield _BLOCK[: size - begin]
