"""Hosts over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.hosts import service
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.hosts.schemas import HostIn, HostOut, HostPatch
from spotfi_cloud.identity.signed_in import AdminOnly
from spotfi_cloud.storage.page_request import PageRequest
from spotfi_cloud.storage.pages import Page
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/hosts", tags=["hosts"])


@router.get("")
async def list_hosts(session: RequestSession, scope: RequestScope, page: PageRequest) -> Page[HostOut]:
    """Hosts, newest first. A Host sees its own only."""
    return (await service.list_hosts(session, scope, page)).to_page(HostOut.model_validate)


@router.post("", status_code=201)
async def create_host(request: Request, session: RequestSession, _admin: AdminOnly, body: HostIn) -> HostOut:
    """Create a host. Admin only."""
    host = await service.create_host(session, body.name, body.timezone, body.currency, clock=request.app.state.clock)
    return HostOut.model_validate(host)


@router.get("/{host_id}")
async def get_host(session: RequestSession, scope: RequestScope, host_id: UUID) -> HostOut:
    """One host."""
    return HostOut.model_validate(await service.get_host(session, scope, host_id))


@router.patch("/{host_id}")
async def change_host(session: RequestSession, scope: RequestScope, host_id: UUID, body: HostPatch) -> HostOut:
    """Change the fields given. A Host may change its name; time zone and currency are the Admin's."""
    return HostOut.model_validate(await service.change_host(session, scope, host_id, body.given()))
