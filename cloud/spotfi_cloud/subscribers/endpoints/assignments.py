"""Assignments of plans over HTTP."""

from uuid import UUID

from fastapi import APIRouter

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.storage.page_request import PageRequest
from spotfi_cloud.storage.pages import Page
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.subscribers.endpoints.given_conditions import GivenConditions
from spotfi_cloud.subscribers.schemas import AssignmentIn, AssignmentOut, AssignmentPatch
from spotfi_cloud.subscribers.service import assignments as service

router = APIRouter(
    prefix="/subscribers/{subscriber_id}/assignments", tags=["subscribers"], dependencies=[can(Area.GUESTS)]
)
_OWN_LIMITS = {"quota_bytes", "rate_up_bps", "rate_down_bps", "max_sessions"}


@router.get("")
async def list_assignments(
    session: RequestSession, scope: RequestScope, page: PageRequest, subscriber_id: UUID
) -> Page[AssignmentOut]:
    """The plans the subscriber has, had and will have, latest first."""
    found = await service.list_assignments(session, scope, subscriber_id, page)
    return found.to_page(AssignmentOut.model_validate)


@router.post("", status_code=201)
async def assign_plan(
    *,
    session: RequestSession,
    scope: RequestScope,
    once: Once,
    conditions: GivenConditions,
    subscriber_id: UUID,
    body: AssignmentIn,
) -> AssignmentOut:
    """Give the subscriber a plan: now, in place of the present one, or queued."""
    fields = body.model_dump()
    own = {name: fields.pop(name) for name in _OWN_LIMITS}

    async def assign() -> AssignmentOut:
        wanted = service.NewAssignment(**fields, own=own)
        return AssignmentOut.model_validate(
            await service.assign_plan(session, scope, subscriber_id, wanted, conditions)
        )

    return await once(AssignmentOut, assign)


@router.patch("/{assignment_id}")
async def change_assignment(
    *,
    session: RequestSession,
    scope: RequestScope,
    conditions: GivenConditions,
    subscriber_id: UUID,
    assignment_id: UUID,
    body: AssignmentPatch,
) -> AssignmentOut:
    """Extend or shorten it, give it limits of its own, have it renewed or not. An expired one lives again when extended."""
    changed = await service.change_assignment(
        session, scope, subscriber_id, assignment_id, body.given(), conditions=conditions
    )
    return AssignmentOut.model_validate(changed)


@router.post("/{assignment_id}/cancel")
async def cancel_assignment(
    session: RequestSession,
    scope: RequestScope,
    conditions: GivenConditions,
    subscriber_id: UUID,
    assignment_id: UUID,
) -> AssignmentOut:
    """End it now, or take it out of the queue. Without a plan that follows, open sessions end and no login goes through."""
    cancelled = await service.cancel_assignment(session, scope, subscriber_id, assignment_id, conditions)
    return AssignmentOut.model_validate(cancelled)
