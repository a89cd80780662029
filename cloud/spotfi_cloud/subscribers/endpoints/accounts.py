"""Subscribers' accounts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.storage.bodies import SearchText
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.storage.version_request import IfMatch, show_version
from spotfi_cloud.subscribers import service
from spotfi_cloud.subscribers.endpoints.given_conditions import GivenConditions
from spotfi_cloud.subscribers.fields import Username
from spotfi_cloud.subscribers.schemas import SubscriberIn, SubscriberOut, SubscriberPatch

router = APIRouter(prefix="/subscribers", tags=["subscribers"], dependencies=[can(Area.GUESTS)])


async def _password_sealer(request: Request) -> Sealer:
    return Sealer(request.app.state.secret_key, service.PASSWORD_PURPOSE)


PasswordSealer = Annotated[Sealer, Depends(_password_sealer)]


@router.get("")
async def list_subscribers(
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("created_at", "username")],
    *,
    username: Annotated[Username | None, Query(description="Only the one with this username.")] = None,
    plan_id: Annotated[UUID | None, Query(description="Only those on this plan.")] = None,
    host_id: Annotated[UUID | None, Query(description="Only those at home with this host.")] = None,
    disabled: Annotated[bool | None, Query(description="Only those who may not log in, or only those who may.")] = None,
    voucher: Annotated[bool | None, Query(description="Only vouchers, or only accounts that are none.")] = None,
    search: Annotated[SearchText | None, Query(description="Beginning of the username.")] = None,
) -> Page[SubscriberOut]:
    """Subscribers, newest first. A Host sees its own."""
    wanted = service.SubscriberFilter(username, search, plan_id, host_id, disabled, voucher)
    found = await service.list_subscribers(session, scope, page, wanted)
    return found.to_page(SubscriberOut.model_validate)


@router.post("", status_code=201)
async def create_subscriber(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    sealer: PasswordSealer,
    once: Once,
    body: SubscriberIn,
) -> SubscriberOut:
    """Create a subscriber. From a Host it belongs to that Host."""

    async def create() -> SubscriberOut:
        subscriber = await service.create_subscriber(
            session,
            scope,
            username=body.username,
            password=body.password.get_secret_value(),
            plan_id=body.plan_id,
            host_id=body.host_id,
            sealer=sealer,
            clock=request.app.state.clock,
            default_zone=request.app.state.timezone,
            valid_from=body.valid_from,
            valid_until=body.valid_until,
        )
        show_version(response, subscriber)
        return SubscriberOut.model_validate(subscriber)

    return await once(SubscriberOut, create)


@router.get("/{subscriber_id}")
async def get_subscriber(
    response: Response, session: RequestSession, scope: RequestScope, subscriber_id: UUID
) -> SubscriberOut:
    """One subscriber."""
    subscriber = await service.get_subscriber(session, scope, subscriber_id)
    show_version(response, subscriber)
    return SubscriberOut.model_validate(subscriber)


@router.patch("/{subscriber_id}")
async def change_subscriber(
    *,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    sealer: PasswordSealer,
    conditions: GivenConditions,
    expected: IfMatch,
    subscriber_id: UUID,
    body: SubscriberPatch,
) -> SubscriberOut:
    """Change the fields given: password, plan, home host, whether it may log in."""
    changes = body.given()
    if "password" in changes:
        changes["password"] = body.password.get_secret_value()
    subscriber = await service.change_subscriber(
        session, scope, subscriber_id, changes, sealer=sealer, conditions=conditions, expected=expected
    )
    show_version(response, subscriber)
    return SubscriberOut.model_validate(subscriber)


@router.delete("/{subscriber_id}", status_code=204)
async def disable_subscriber(
    request: Request, session: RequestSession, scope: RequestScope, expected: IfMatch, subscriber_id: UUID
) -> None:
    """Disable a subscriber. What it used stays in the ledger; PATCH `disabled` false enables it again."""
    clock = request.app.state.clock
    await service.disable_subscriber(session, scope, subscriber_id, clock=clock, expected=expected)
