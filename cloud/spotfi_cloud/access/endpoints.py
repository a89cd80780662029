"""Logins over HTTP: attempts, and the counts of a router's requests."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from spotfi_cloud.access import service
from spotfi_cloud.access.schemas import LoginAttemptOut, RadiusCountOut, RadiusCountsOut
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession

router = APIRouter()


@router.get("/login-attempts", tags=["sessions"], dependencies=[can(Area.GUESTS)])
async def list_login_attempts(
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("id")],
    *,
    username: Annotated[str | None, Query(max_length=253, description="Only with this name.")] = None,
    router_id: Annotated[UUID | None, Query(description="Only on this router.")] = None,
    outcome: Annotated[str | None, Query(max_length=40, description="Such as `accepted`, `quota_used_up`.")] = None,
) -> Page[LoginAttemptOut]:
    """Logins of the last 30 days on the scope's routers, newest first, with the reason where they were refused."""
    wanted = service.AttemptFilter(username, router_id, outcome)
    return (await service.list_attempts(session, scope, wanted, page)).to_page(LoginAttemptOut.of)


@router.get("/routers/{router_id}/radius", tags=["routers"], dependencies=[can(Area.ROUTERS)])
async def get_radius_counts(session: RequestSession, scope: RequestScope, router_id: UUID) -> RadiusCountsOut:
    """What the router's RADIUS requests came to: answers, rejects, and what was dropped and why."""
    counts = [RadiusCountOut.model_validate(row) for row in await service.counts_of(session, scope, router_id)]
    answered = [row for row in counts if row.answered]
    return RadiusCountsOut(
        router_id=router_id,
        requests=sum(row.count for row in counts),
        rejects=sum(row.count for row in answered if row.outcome in service.REFUSALS),
        drops=sum(row.count for row in counts if not row.answered),
        counts=counts,
    )
