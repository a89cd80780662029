"""Top-ups over HTTP."""

from uuid import UUID

from fastapi import APIRouter

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.storage.page_request import PageRequest
from spotfi_cloud.storage.pages import Page
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.subscribers.endpoints.given_conditions import GivenConditions
from spotfi_cloud.subscribers.schemas import TopUpIn, TopUpOut
from spotfi_cloud.subscribers.service import top_ups as service

router = APIRouter(prefix="/subscribers/{subscriber_id}/top-ups", tags=["subscribers"], dependencies=[can(Area.GUESTS)])


@router.get("")
async def list_top_ups(
    session: RequestSession, scope: RequestScope, page: PageRequest, subscriber_id: UUID
) -> Page[TopUpOut]:
    """What the subscriber was given on top of the plan's volume, latest first."""
    return (await service.list_top_ups(session, scope, subscriber_id, page)).to_page(TopUpOut.model_validate)


@router.post("", status_code=201)
async def top_up(
    *,
    session: RequestSession,
    scope: RequestScope,
    principal: SignedIn,
    once: Once,
    conditions: GivenConditions,
    subscriber_id: UUID,
    body: TopUpIn,
) -> TopUpOut:
    """Give the subscriber more volume for the present period. A guest who was cut off can log in at once."""

    async def give() -> TopUpOut:
        given = service.NewTopUp(body.bytes, body.price_minor, body.note, principal.account_id)
        return TopUpOut.model_validate(await service.top_up(session, scope, subscriber_id, given, conditions))

    return await once(TopUpOut, give)
