"""What a router asks of the API by itself, with its own key: the two halves of a speed test, and packages of the agent.

By TLS or from this machine only, because the key travels with the request (RFC 7617).
"""

from collections.abc import AsyncIterator
from pathlib import Path as FilePath
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from spotfi_cloud.kernel.errors import NotFoundError, UnauthenticatedError
from spotfi_cloud.routers import service
from spotfi_cloud.routers.private_channel import require_private
from spotfi_cloud.storage.request import RequestSession

_MOST_BYTES = 100_000_000
_BLOCK = bytes(64 * 1024)
_PACKAGE_FILE = r"^(SHA256SUMS|(opkg|apk)/[A-Za-z0-9][A-Za-z0-9._+~-]{0,127})$"
"""What `make -C openwrt-package` makes; nothing that leads out of its directory."""


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
    size: Annotated[int, Query(alias="bytes", ge=1, le=_MOST_BYTES, description="How many.")],
) -> StreamingResponse:
    """So many bytes, for a router to measure its way down; it hangs up when it has seen enough."""
    headers = {"Content-Length": str(size), "Cache-Control": "no-store"}
    return StreamingResponse(_blocks(size), media_type="application/octet-stream", headers=headers)


@router.post("/device/speed", status_code=204)
async def take_bytes(request: Request) -> None:
    """Takes a body of at most a megabyte and forgets it, for a router to measure its way up."""
    async for _ in request.stream():
        pass


@router.get(
    "/device/packages/{name:path}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def send_package(
    request: Request,
    name: Annotated[str, Path(pattern=_PACKAGE_FILE, examples=["SHA256SUMS"])],
) -> FileResponse:
    """A file of the packages this installation offers its routers for `agent_upgrade`: an index, a signature, a package."""
    folder: FilePath | None = request.app.state.packages_dir
    if folder is None or not (folder / name).is_file():
        msg = f"This installation offers no {name}; its packages are those in SPOTFI_PACKAGES_DIR."
        raise NotFoundError(msg)
    return FileResponse(folder / name, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


async def _blocks(size: int) -> AsyncIterator[bytes]:
    for begin in range(0, size, len(_BLOCK)):
        yield _BLOCK[: size - begin]
