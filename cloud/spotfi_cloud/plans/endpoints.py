"""Plans over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.plans import service
from spotfi_cloud.plans.schemas import PlanIn, PlanOut, PlanPatch
from spotfi_cloud.storage.page_request import PageRequest
from spotfi_cloud.storage.pages import Page
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/plans", tags=["plans"])


@router.get("")
async def list_plans(session: RequestSession, scope: RequestScope, page: PageRequest) -> Page[PlanOut]:
    """Plans, newest first. A Host sees its own and the ISP's."""
    return (await service.list_plans(session, scope, page)).to_page(PlanOut.model_validate)


@router.post("", status_code=201)
async def create_plan(request: Request, session: RequestSession, scope: RequestScope, body: PlanIn) -> PlanOut:
    """Create a plan: an Admin for the ISP or any host, a Host for itself."""
    fields = body.model_dump(exclude={"host_id"})
    plan = await service.create_plan(session, scope, body.host_id, fields, clock=request.app.state.clock)
    return PlanOut.model_validate(plan)


@router.get("/{plan_id}")
async def get_plan(session: RequestSession, scope: RequestScope, plan_id: UUID) -> PlanOut:
    """One plan."""
    return PlanOut.model_validate(await service.get_plan(session, scope, plan_id))


@router.patch("/{plan_id}")
async def change_plan(session: RequestSession, scope: RequestScope, plan_id: UUID, body: PlanPatch) -> PlanOut:
    """Change the fields given. A Host may change its own plans only."""
    return PlanOut.model_validate(await service.change_plan(session, scope, plan_id, body.given()))
