"""What the installation knows about one guest, or about the people of one host: handed out as JSON, and erased.

Here, because several capabilities hold a part of it. Erasing leaves what is billed: sessions with their bytes and times, the
ledger, invoices. What tells who it was goes: name, password, devices, addresses, login attempts, what staff wrote with plans,
top-ups and alerts, and the key to what the audit log says. Samples of routers and kept answers go by their own retention. Of a
host go contacts, what it wrote to guests, its logo, where it has alerts told, and its people's accounts; its name stays, as
invoices name it.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from spotfi_cloud.access import service as access
from spotfi_cloud.access.schemas import LoginAttemptOut
from spotfi_cloud.alerts.rules import AlertKind
from spotfi_cloud.alerts.schemas import AlertOut, ChannelOut
from spotfi_cloud.alerts.service import alerts
from spotfi_cloud.alerts.service import channels as alert_channels
from spotfi_cloud.alerts.service.alerts import forget_notes_about
from spotfi_cloud.billing import service as billing
from spotfi_cloud.billing.schemas.parties import PartyOut
from spotfi_cloud.billing.service.accounts import require_settled
from spotfi_cloud.hosts import service as hosts
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.hosts.schemas import HostOut
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.identity.schemas import StaffAccountOut
from spotfi_cloud.identity.service import audit, erasure
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.sessions.schemas import SessionOut
from spotfi_cloud.sessions.service import SessionView
from spotfi_cloud.storage.bodies import ResponseBody
from spotfi_cloud.storage.pages import MAX_LIMIT, PageQuery, Slice
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.subscribers import service as subscribers
from spotfi_cloud.subscribers.schemas import AssignmentOut, SubscriberOut, TopUpOut
from spotfi_cloud.subscribers.service import assignments, top_ups

router = APIRouter(prefix="/subscribers", tags=["subscribers"], dependencies=[can(Area.GUESTS)])
hosts_router = APIRouter(prefix="/hosts", tags=["hosts"], dependencies=[can(Area.HOSTS), can(Area.SETTINGS)])

T = TypeVar("T")


class GuestExport(ResponseBody):
    """Everything that is known about one guest."""

    subscriber: SubscriberOut
    sessions: Annotated[list[SessionOut], Field(description="Every session, on whoever's router, oldest first.")]
    assignments: Annotated[list[AssignmentOut], Field(description="Every plan it had, has or will have, newest first.")]
    top_ups: Annotated[list[TopUpOut], Field(description="Volume that was given on top, newest first.")]
    login_attempts: Annotated[list[LoginAttemptOut], Field(description="Those of the last 30 days, newest first.")]
    alerts: Annotated[list[AlertOut], Field(description="What was told to staff about it, newest first.")]


class HostExport(ResponseBody):
    """What is known about a host and its people. The logo is at `/hosts/{host_id}/logo`."""

    host: HostOut
    staff: Annotated[list[StaffAccountOut], Field(description="The accounts of its people.")]
    alert_channels: Annotated[list[ChannelOut], Field(description="Where it has alerts told.")]
    billing_details: Annotated[PartyOut, Field(description="What its documents say of it.")]


@router.get("/{subscriber_id}/export")
async def export_subscriber(
    response: Response, session: RequestSession, scope: RequestScope, subscriber_id: UUID
) -> GuestExport:
    """What is known about a subscriber, for a person who asks for their data."""
    subscriber = await subscribers.get_subscriber(session, scope, subscriber_id)
    found = await sessions.get_sessions_of(session, subscriber.id)
    plans = await _every(lambda page: assignments.list_assignments(session, scope, subscriber.id, page))
    extras = await _every(lambda page: top_ups.list_top_ups(session, scope, subscriber.id, page))
    own = access.AttemptFilter(username=subscriber.username)
    attempts = await _every(lambda page: access.list_attempts(session, scope, own, page))
    about = alerts.AlertFilter(kinds=frozenset(AlertKind), subject_id=subscriber.id)
    told = await _every(lambda page: alerts.list_alerts(session, scope, about, page))
    response.headers["Content-Disposition"] = f'attachment; filename="subscriber-{subscriber.id}.json"'
    return GuestExport(
        subscriber=SubscriberOut.model_validate(subscriber),
        sessions=[SessionOut.of(SessionView(each, each.username, each.subscriber_id)) for each in found],
        assignments=[AssignmentOut.model_validate(each) for each in plans],
        top_ups=[TopUpOut.model_validate(each) for each in extras],
        login_attempts=[LoginAttemptOut.of(each) for each in attempts],
        alerts=[AlertOut.of(each) for each in told],
    )


async def _every(read: Callable[[PageQuery], Awaitable[Slice[T]]]) -> list[T]:
    """The whole of a list that is read in pages."""
    page = await read(PageQuery(limit=MAX_LIMIT))
    found = page.items
    while page.next is not None:
        page = await read(PageQuery(limit=MAX_LIMIT, cursor=page.next))
        found += page.items
    return found


@router.post("/{subscriber_id}/erase", status_code=204)
async def erase_subscriber(request: Request, session: RequestSession, scope: RequestScope, subscriber_id: UUID) -> None:
    """Erase a subscriber's personal data for good; usage and invoices stay. 409 while a session is open or recent."""
    clock = request.app.state.clock
    sealer = Sealer(request.app.state.secret_key, subscribers.PASSWORD_PURPOSE)
    before, after = await subscribers.erase_subscriber(session, scope, subscriber_id, sealer=sealer, clock=clock)
    await sessions.strip_sessions_of(session, subscriber_id, after, clock=clock)
    await access.forget_attempts_of(session, before)
    await forget_notes_about(session, subscriber_id)
    await audit.erase_person(session, subscriber_id)


@hosts_router.get("/{host_id}/export")
async def export_host(response: Response, session: RequestSession, scope: RequestScope, host_id: UUID) -> HostExport:
    """What is known about a host and its people, for whoever of them asks for their data. Admin only."""
    host = await hosts.get_host(session, scope, host_id)
    response.headers["Content-Disposition"] = f'attachment; filename="host-{host.id}.json"'
    accounts = await erasure.accounts_of_host(session, host_id)
    channels = await _every(lambda page: alert_channels.list_channels(session, Scope.of(host.id), page))
    return HostExport(
        host=HostOut.model_validate(host),
        staff=[StaffAccountOut.model_validate(account) for account in accounts],
        alert_channels=[ChannelOut.model_validate(channel) for channel in channels],
        billing_details=PartyOut.model_validate(await billing.get_details(session, scope, host.id)),
    )


@hosts_router.post("/{host_id}/erase", status_code=204)
async def erase_host(request: Request, session: RequestSession, scope: RequestScope, host_id: UUID) -> None:
    """Erase the personal data of a suspended host and of its people for good; invoices stay. Admin only.

    409 for a host that is not suspended, or with whom a document is not settled. Nobody signs in to the accounts of its
    people any more.
    """
    await hosts.erase_host(session, scope, host_id)
    await require_settled(session, host_id)
    for account in await erasure.accounts_of_host(session, host_id):
        await erasure.erase_account(session, account.id, clock=request.app.state.clock)
    for channel_id in await alert_channels.forget_channels_of(session, host_id):
        await audit.erase_person(session, channel_id)
    await audit.erase_person(session, host_id)
