"""Tariffs over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from spotfi_cloud.billing import service
from spotfi_cloud.billing.schemas.tariffs import FirstDay, TariffIn, TariffOut
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.storage.bodies import ResponseBody
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.storage.version_request import IfMatch, show_version

router = APIRouter()


class TariffList(ResponseBody):
    """A host's tariffs, the newest first."""

    items: list[TariffOut]


@router.put("/hosts/{host_id}/tariff")
async def put_tariff(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    expected: IfMatch,
    host_id: UUID,
    body: TariffIn,
) -> TariffOut:
    """Let a tariff hold for a host from a day on. Admin only. Issued invoices stay as they are.

    `If-Match` takes the `ETag` of the tariff that day had so far.
    """
    tariff = await service.put_tariff(
        session, scope, host_id, body.valid_from, body.terms(), clock=request.app.state.clock, expected=expected
    )
    show_version(response, tariff)
    return TariffOut.model_validate(tariff)


@router.get("/hosts/{host_id}/tariff")
async def get_tariff(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    host_id: UUID,
    on: Annotated[FirstDay | None, Query(description="A day, or a month for its first; today where left out.")] = None,
) -> TariffOut:
    """The tariff that holds for a host on a day."""
    tariff = await service.get_tariff(session, scope, host_id, on, clock=request.app.state.clock)
    show_version(response, tariff)
    return TariffOut.model_validate(tariff)


@router.get("/hosts/{host_id}/tariffs")
async def list_tariffs(session: RequestSession, scope: RequestScope, host_id: UUID) -> TariffList:
    """All tariffs of a host: each holds from its day until the next one's."""
    found = await service.list_tariffs(session, scope, host_id)
    return TariffList(items=[TariffOut.model_validate(tariff) for tariff in found])


@router.delete("/hosts/{host_id}/tariffs/{valid_from}", status_code=204)
async def delete_tariff(session: RequestSession, scope: RequestScope, host_id: UUID, valid_from: date) -> None:
    """Take a tariff back. Admin only; 409 where a billed month used it."""
    await service.delete_tariff(session, scope, host_id, valid_from)
