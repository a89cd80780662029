"""Sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.sessions import service
from spotfi_cloud.sessions.schemas import SessionOut
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/sessions", tags=["sessions"], dependencies=[can(Area.GUESTS)])


@router.get("")
async def list_sessions(
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("id")],
    *,
    only_open: Annotated[
        bool | None, Query(alias="open", description="Only open sessions, or only ended ones.")
    ] = None,
    router_id: Annotated[UUID | None, Query(description="Only on this router.")] = None,
    subscriber_id: Annotated[UUID | None, Query(description="Only this guest's.")] = None,
    host_id: Annotated[UUID | None, Query(description="Only those on this host's routers.")] = None,
    since: Annotated[
        AwareDatetime | None, Query(alias="from", description="Only those that were open then or later.")
    ] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Only those that began before.")] = None,
    terminate_cause: Annotated[str | None, Query(max_length=40, description="Such as `idle-timeout`.")] = None,
) -> Page[SessionOut]:
    """Sessions, newest first. A Host sees those on its own routers; the names of others' subscribers are masked."""
    wanted = service.SessionFilter(
        only_open, router_id, subscriber_id, host_id, since=since, until=until, terminate_cause=terminate_cause
    )
    return (await service.list_sessions(session, scope, wanted, page)).to_page(SessionOut.of)


@router.get("/{session_id}")
async def get_session(session: RequestSession, scope: RequestScope, session_id: UUID) -> SessionOut:
    """One session."""
    return SessionOut.of(await service.get_session(session, scope, session_id))
