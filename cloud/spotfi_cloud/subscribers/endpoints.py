"""Subscribers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.storage.page_request import PageRequest
from spotfi_cloud.storage.pages import Page
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.subscribers import service
from spotfi_cloud.subscribers.schemas import SubscriberIn, SubscriberOut, SubscriberPatch, Username

router = APIRouter(prefix="/subscribers", tags=["subscribers"])


def _password_sealer(request: Request) -> Sealer:
    return Sealer(request.app.state.secret_key, service.PASSWORD_PURPOSE)


PasswordSealer = Annotated[Sealer, Depends(_password_sealer)]


@router.get("")
async def list_subscribers(
    session: RequestSession,
    scope: RequestScope,
    page: PageRequest,
    username: Annotated[Username | None, Query(description="Only the one with this username.")] = None,
    plan_id: Annotated[UUID | None, Query(description="Only those on this plan.")] = None,
) -> Page[SubscriberOut]:
    """Subscribers, newest first. A Host sees its own."""
    found = await service.list_subscribers(session, scope, page, username=username, plan_id=plan_id)
    return found.to_page(SubscriberOut.model_validate)


@router.post("", status_code=201)
async def create_subscriber(
    request: Request, session: RequestSession, scope: RequestScope, sealer: PasswordSealer, body: SubscriberIn
) -> SubscriberOut:
    """Create a subscriber. From a Host it belongs to that Host."""
    subscriber = await service.create_subscriber(
        session,
        scope,
        username=body.username,
        password=body.password.get_secret_value(),
        plan_id=body.plan_id,
        host_id=body.host_id,
        sealer=sealer,
        clock=request.app.state.clock,
    )
    return SubscriberOut.model_validate(subscriber)


@router.get("/{subscriber_id}")
async def get_subscriber(session: RequestSession, scope: RequestScope, subscriber_id: UUID) -> SubscriberOut:
    """One subscriber."""
    return SubscriberOut.model_validate(await service.get_subscriber(session, scope, subscriber_id))


@router.patch("/{subscriber_id}")
async def change_subscriber(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    sealer: PasswordSealer,
    subscriber_id: UUID,
    body: SubscriberPatch,
) -> SubscriberOut:
    """Change the fields given: password, plan, home host, whether it may log in."""
    changes = body.given()
    if "password" in changes:
        changes["password"] = body.password.get_secret_value()
    subscriber = await service.change_subscriber(
        session, scope, subscriber_id, changes, sealer=sealer, clock=request.app.state.clock
    )
    return SubscriberOut.model_validate(subscriber)


@router.delete("/{subscriber_id}", status_code=204)
async def disable_subscriber(
    request: Request, session: RequestSession, scope: RequestScope, subscriber_id: UUID
) -> None:
    """Disable a subscriber. What it used stays in the ledger; PATCH `disabled` false enables it again."""
    await service.disable_subscriber(session, scope, subscriber_id, clock=request.app.state.clock)
