"""Plans over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.plans import service
from spotfi_cloud.plans.schemas import PlanIn, PlanOut, PlanPatch
from spotfi_cloud.storage.bodies import SearchText
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.storage.version_request import IfMatch, show_version

router = APIRouter(prefix="/plans", tags=["plans"], dependencies=[can(Area.PLANS)])


@router.get("")
async def list_plans(
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("created_at", "name")],
    search: Annotated[SearchText | None, Query(description="Beginnings of words of the name.")] = None,
    host_id: Annotated[UUID | None, Query(description="Only this host's own.")] = None,
) -> Page[PlanOut]:
    """Plans, newest first. A Host sees its own and the ISP's."""
    found = await service.list_plans(session, scope, page, search=search, host_id=host_id)
    return found.to_page(PlanOut.model_validate)


@router.post("", status_code=201)
async def create_plan(
    *, request: Request, response: Response, session: RequestSession, scope: RequestScope, once: Once, body: PlanIn
) -> PlanOut:
    """Create a plan: an Admin for the ISP or any host, a Host for itself."""

    async def create() -> PlanOut:
        fields = body.model_dump(exclude={"host_id"})
        plan = await service.create_plan(session, scope, body.host_id, fields, clock=request.app.state.clock)
        show_version(response, plan)
        return PlanOut.model_validate(plan)

    return await once(PlanOut, create)


@router.get("/{plan_id}")
async def get_plan(response: Response, session: RequestSession, scope: RequestScope, plan_id: UUID) -> PlanOut:
    """One plan."""
    plan = await service.get_plan(session, scope, plan_id)
    show_version(response, plan)
    return PlanOut.model_validate(plan)


@router.patch("/{plan_id}")
async def change_plan(
    *,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    expected: IfMatch,
    plan_id: UUID,
    body: PlanPatch,
) -> PlanOut:
    """Change the fields given. A Host may change its own plans only."""
    plan = await service.change_plan(session, scope, plan_id, body.given(), expected=expected)
    show_version(response, plan)
    return PlanOut.model_validate(plan)
