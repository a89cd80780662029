"""Where alerts are told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from spotfi_cloud.alerts.endpoints.alerts import visible_kinds
from spotfi_cloud.alerts.schemas import (
    ChannelCreated,
    ChannelIn,
    ChannelOut,
    ChannelPatch,
    DeliveryOut,
    TestOrdered,
)
from spotfi_cloud.alerts.service import channels as service
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.storage.version_request import IfMatch, show_version

router = APIRouter(prefix="/alert-channels")


@router.get("")
async def list_channels(
    session: RequestSession, scope: RequestScope, page: Annotated[PageQuery, sorted_by("created_at")]
) -> Page[ChannelOut]:
    """Where alerts are told, newest first. A Host sees its own."""
    return (await service.list_channels(session, scope, page)).to_page(ChannelOut.model_validate)


@router.post("", status_code=201)
async def create_channel(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    principal: SignedIn,
    once: Once,
    body: ChannelIn,
) -> ChannelCreated:
    """Have alerts told to an e-mail address, or to a URL (the answer has the secret its requests are signed with).

    Only of kinds that the account may see; where it names none: of all of these."""
    state = request.app.state

    async def create() -> ChannelCreated:
        channel, secret = await service.create_channel(
            session,
            scope,
            body.host_id,
            body.model_dump(exclude={"host_id"}),
            visible=visible_kinds(principal),
            sealer=Sealer(state.secret_key, service.SECRET_PURPOSE),
            allow_private=state.webhook_allow_private,
            clock=state.clock,
        )
        show_version(response, channel)
        shown = ChannelOut.model_validate(channel)
        return ChannelCreated(**shown.model_dump(), secret=secret)

    return await once(ChannelCreated, create)


@router.get("/{channel_id}")
async def get_channel(response: Response, session: RequestSession, scope: RequestScope, channel_id: UUID) -> ChannelOut:
    """One channel."""
    channel = await service.get_channel(session, scope, channel_id)
    show_version(response, channel)
    return ChannelOut.model_validate(channel)


@router.patch("/{channel_id}")
async def change_channel(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    principal: SignedIn,
    expected: IfMatch,
    channel_id: UUID,
    body: ChannelPatch,
) -> ChannelOut:
    """Change the fields given. What a channel is stays: an e-mail address, or a webhook."""
    allow_private = request.app.state.webhook_allow_private
    visible = visible_kinds(principal)
    channel = await service.change_channel(
        session, scope, channel_id, body.given(), visible=visible, allow_private=allow_private, expected=expected
    )
    show_version(response, channel)
    return ChannelOut.model_validate(channel)


@router.delete("/{channel_id}", status_code=204)
async def delete_channel(session: RequestSession, scope: RequestScope, channel_id: UUID) -> None:
    """Tell nothing there any more. Its log goes with it."""
    await service.delete_channel(session, scope, channel_id)


@router.post("/{channel_id}/test", status_code=202)
async def test_channel(request: Request, session: RequestSession, scope: RequestScope, channel_id: UUID) -> TestOrdered:
    """Send a test there within seconds; what comes of it is in the log."""
    clock = request.app.state.clock
    return TestOrdered(delivery_id=await service.order_test(session, scope, channel_id, clock=clock))


@router.get("/{channel_id}/deliveries")
async def list_deliveries(
    session: RequestSession,
    scope: RequestScope,
    channel_id: UUID,
    page: Annotated[PageQuery, sorted_by("created_at")],
) -> Page[DeliveryOut]:
    """What was told over a channel and what is to be, newest first; kept for 30 days."""
    found = await service.list_deliveries(session, scope, channel_id, page)
    return found.to_page(DeliveryOut.model_validate)
