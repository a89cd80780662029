"""Usage of routers and hosts over HTTP, for any stretch of time."""

from datetime import datetime, timedelta
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.sessions import service
from spotfi_cloud.sessions.schemas import HostTrafficOut, RouterTrafficOut
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(tags=["usage"])

_USUAL = timedelta(days=30)


class Stretch(NamedTuple):
    """From the quarter of an hour that begins at `start` up to the one at `end`, which does not count."""

    start: datetime
    end: datetime


async def _stretch(
    request: Request,
    start: Annotated[
        AwareDatetime | None, Query(alias="from", description="30 days before `to` where left out.")
    ] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Now where left out.")] = None,
) -> Stretch:
    until = end or request.app.state.clock.now()
    return Stretch(start or until - _USUAL, until)


Asked = Annotated[Stretch, Depends(_stretch)]


@router.get("/routers/{router_id}/usage", dependencies=[can(Area.ROUTERS)])
async def get_router_usage(
    session: RequestSession, scope: RequestScope, router_id: UUID, asked: Asked
) -> RouterTrafficOut:
    """What guests used on a router."""
    return RouterTrafficOut.model_validate(
        await service.usage_of_router(session, scope, router_id, asked.start, asked.end)
    )


@router.get("/hosts/{host_id}/usage", dependencies=[can(Area.HOSTS)])
async def get_host_usage(session: RequestSession, scope: RequestScope, host_id: UUID, asked: Asked) -> HostTrafficOut:
    """What guests used on a host's routers, on each and in all."""
    by_router = await service.usage_of_host(session, scope, host_id, asked.start, asked.end)
    return HostTrafficOut(
        host_id=host_id,
        up_bytes=sum(row.up_bytes for row in by_router),
        down_bytes=sum(row.down_bytes for row in by_router),
        by_router=[RouterTrafficOut.model_validate(row) for row in by_router],
    )
