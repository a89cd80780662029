"""Enrolment over HTTP: without login, because the code is the credential; by TLS or from this machine only."""

import time
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request, Response

from spotfi_cloud.kernel.errors import ForbiddenError, GoneError, RejectedError
from spotfi_cloud.routers import service
from spotfi_cloud.routers.guessing import GuessGuard
from spotfi_cloud.routers.private_channel import require_private
from spotfi_cloud.routers.reach import RouterReach
from spotfi_cloud.routers.schemas import EnrolmentIn, EnrolmentOut
from spotfi_cloud.storage.request import RequestSession
from spotfi_protocol.enrolment import EnrolmentGrant

_log = structlog.get_logger(__name__)


async def _private_only(request: Request) -> str:
    """The client's address, for a request that came by TLS or from this machine; else PlainChannelError."""
    host = None if request.client is None else request.client.host
    require_private(request.url.scheme, host)
    return host or "unknown"


ClientAddress = Annotated[str, Depends(_private_only)]
router = APIRouter(tags=["enrolment"])


def _guard(request: Request) -> GuessGuard:
    state = request.app.state
    if not hasattr(state, "guess_guard"):
        state.guess_guard = GuessGuard()
    guard: GuessGuard = state.guess_guard
    return guard


@router.get("/enrolment/ca", response_class=Response, responses={200: {"content": {"application/x-pem-file": {}}}})
async def get_ca(request: Request, _address: ClientAddress) -> Response:
    """The installation's CA certificate, PEM. A router checks it against its code before it trusts it."""
    return Response(request.app.state.ca_pem, media_type="application/x-pem-file")


@router.post("/enrolment")
async def enrol(request: Request, session: RequestSession, address: ClientAddress, body: EnrolmentIn) -> EnrolmentOut:
    """Trade a one-time code for a device key."""
    state, guard = request.app.state, _guard(request)
    guard.check(address, time.monotonic())
    try:
        enrolled = await service.enrol_router(session, body.code, clock=state.clock)
    except (ForbiddenError, GoneError, RejectedError) as error:
        guard.note_failure(address, time.monotonic())
        _log.warning("enrolment_refused", reason=error.code, address=address, hostname=body.hostname)
        raise
    reach: RouterReach = state.reach
    enrolled_by = request.url.hostname or "localhost"
    grant = EnrolmentGrant(
        router_id=enrolled.router_id,
        device_key=enrolled.device_key,
        mqtt_host=reach.mqtt_host_for(enrolled_by),
        mqtt_port=reach.mqtt_port,
        websocket_url=reach.websocket_url_for(enrolled_by),
        ca_pem=state.ca_pem,
    )
    _log.info("router_enrolled", router_id=str(enrolled.router_id), address=address, hostname=body.hostname)
    return EnrolmentOut.model_validate(grant.to_wire())
