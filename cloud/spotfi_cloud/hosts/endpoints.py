"""Hosts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from spotfi_cloud.hosts import service
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.hosts.schemas import HostDetails, HostIn, HostOut, HostPageOut, HostPatch
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.storage.bodies import SearchText
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.storage.version_request import IfMatch, show_version

router = APIRouter(prefix="/hosts", tags=["hosts"], dependencies=[can(Area.HOSTS)])


@router.get("")
async def list_hosts(
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("created_at", "name")],
    search: Annotated[SearchText | None, Query(description="Beginnings of words of the name.")] = None,
) -> Page[HostOut]:
    """Hosts, newest first. A Host sees its own only."""
    return (await service.list_hosts(session, scope, page, search=search)).to_page(HostOut.model_validate)


@router.post("", status_code=201, dependencies=[can(Area.SETTINGS)])
async def create_host(
    request: Request, response: Response, session: RequestSession, once: Once, body: HostIn
) -> HostOut:
    """Create a host. Admin only."""

    async def create() -> HostOut:
        clock = request.app.state.clock
        details = body.model_dump(include=set(HostDetails.model_fields))
        host = await service.create_host(session, body.name, body.timezone, body.currency, clock=clock, details=details)
        show_version(response, host)
        return HostOut.model_validate(host)

    return await once(HostOut, create)


@router.get("/{host_id}")
async def get_host(response: Response, session: RequestSession, scope: RequestScope, host_id: UUID) -> HostPageOut:
    """One host."""
    host = await service.get_host(session, scope, host_id)
    show_version(response, host)
    shown = HostOut.model_validate(host).model_dump()
    return HostPageOut(**shown, has_logo=await service.has_logo(session, host_id))


@router.patch("/{host_id}")
async def change_host(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    expected: IfMatch,
    host_id: UUID,
    body: HostPatch,
) -> HostOut:
    """Change the fields given. Time zone and currency are the Admin's to change, the currency until a month is billed."""
    is_billed = request.app.state.is_billed
    host = await service.change_host(session, scope, host_id, body.given(), expected=expected, is_billed=is_billed)
    show_version(response, host)
    return HostOut.model_validate(host)


@router.post("/{host_id}/suspend", dependencies=[can(Area.SETTINGS)])
async def suspend_host(
    request: Request, response: Response, session: RequestSession, scope: RequestScope, host_id: UUID
) -> HostOut:
    """Refuse logins of the host's guests, at once and in words; its routers are managed as before. Admin only."""
    host = await service.suspend_host(session, scope, host_id, clock=request.app.state.clock)
    show_version(response, host)
    return HostOut.model_validate(host)


@router.post("/{host_id}/resume", dependencies=[can(Area.SETTINGS)])
async def resume_host(response: Response, session: RequestSession, scope: RequestScope, host_id: UUID) -> HostOut:
    """Let the host's guests log in again. Admin only."""
    host = await service.resume_host(session, scope, host_id)
    show_version(response, host)
    return HostOut.model_validate(host)
