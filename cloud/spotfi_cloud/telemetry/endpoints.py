"""Telemetry series over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.telemetry import service
from spotfi_cloud.telemetry.schemas import LiveIn, LiveOut, SeriesOut, write_series

router = APIRouter(tags=["telemetry"], dependencies=[can(Area.ROUTERS)])
_DEFAULT_RANGE = timedelta(hours=1)
_YEARS = range(2000, 2200)


@router.get("/routers/{router_id}/telemetry", response_model=SeriesOut)
async def get_series(
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    router_id: UUID,
    *,
    begin: Annotated[AwareDatetime | None, Query(alias="from", description="Left out: an hour before `to`.")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Left out: now.")] = None,
    step: Annotated[
        int | None, Query(ge=1, le=service.MAX_STEP_S, description="Seconds per point. Left out: what suits the span.")
    ] = None,
) -> Response:
    """Health, WAN, radios and throughput per interface, computed from the router's counters, for any span of two years."""
    clock = request.app.state.clock
    until = clock.now() if end is None else _in_utc(end, "to")
    since = until - _DEFAULT_RANGE if begin is None else _in_utc(begin, "from")
    series = await service.read_series(session, scope, router_id, begin=since, end=until, step_s=step, clock=clock)
    body = await asyncio.to_thread(write_series, series, router_id=router_id, begin=since, end=until)
    return Response(body, media_type="application/json")


@router.post("/routers/{router_id}/live", status_code=202)
async def watch_live(
    request: Request, session: RequestSession, scope: RequestScope, router_id: UUID, body: LiveIn
) -> LiveOut:
    """Have the router send a sample each second, with every client, for some minutes at most; it ends by itself."""
    clock = request.app.state.clock
    live_until = await service.watch_live(session, scope, router_id, body.seconds, clock=clock)
    return LiveOut(live_until=live_until)


def _in_utc(instant: datetime, field: str) -> datetime:
    if instant.year not in _YEARS:
        msg = f"'{field}' must lie between the years {_YEARS[0]} and {_YEARS[-1]}."
        raise RejectedError(msg, field=field)
    return instant.astimezone(UTC)
