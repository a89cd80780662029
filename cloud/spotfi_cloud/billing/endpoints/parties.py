"""The parties of documents over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from spotfi_cloud.billing import service
from spotfi_cloud.billing.schemas.parties import OwnPartyIn, OwnPartyOut, PartyIn, PartyOut
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.storage.version_request import IfMatch, show_version

router = APIRouter()


@router.get("/billing/issuer")
async def get_issuer(response: Response, session: RequestSession) -> OwnPartyOut:
    """What documents say of the installation: its name, address, numbers and bank."""
    details = await service.get_own_details(session)
    show_version(response, details)
    return OwnPartyOut.model_validate(details)


@router.put("/billing/issuer")
async def put_issuer(response: Response, session: RequestSession, expected: IfMatch, body: OwnPartyIn) -> OwnPartyOut:
    """Replace what documents say of the installation. Admin only. Issued documents stay as they are."""
    details = body.model_dump(mode="json", exclude_none=True)
    await service.put_own_details(session, details, expected=expected)
    show_version(response, details)
    return OwnPartyOut.model_validate(details)


@router.get("/hosts/{host_id}/billing-details")
async def get_billing_details(
    response: Response, session: RequestSession, scope: RequestScope, host_id: UUID
) -> PartyOut:
    """What documents say of a host."""
    details = await service.get_details(session, scope, host_id)
    show_version(response, details)
    return PartyOut.model_validate(details)


@router.put("/hosts/{host_id}/billing-details")
async def put_billing_details(
    *,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    expected: IfMatch,
    host_id: UUID,
    body: PartyIn,
) -> PartyOut:
    """Replace what documents say of a host. Admin only. Issued documents stay as they are."""
    details = body.model_dump(mode="json", exclude_none=True)
    await service.put_details(session, scope, host_id, details, expected=expected)
    show_version(response, details)
    return PartyOut.model_validate(details)
