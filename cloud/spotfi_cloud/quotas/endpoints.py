"""Usage of subscribers, and the ending and changing of sessions, over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.quotas import service
from spotfi_cloud.quotas.schemas import ChangeOut, EnforcementOut, UsageOut
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(tags=["usage"], dependencies=[can(Area.GUESTS)])


@router.get("/subscribers/{subscriber_id}/usage")
async def get_usage(request: Request, session: RequestSession, scope: RequestScope, subscriber_id: UUID) -> UsageOut:
    """What the subscriber used in the current period, per router and in all, and how far ending its sessions got."""
    state = request.app.state
    usage = await service.usage_of(session, scope, subscriber_id, clock=state.clock, default_zone=state.timezone)
    return UsageOut.of(usage)


@router.post("/sessions/{session_id}/disconnect", status_code=202, tags=["sessions"])
async def disconnect_session(
    request: Request, session: RequestSession, scope: RequestScope, once: Once, session_id: UUID
) -> EnforcementOut:
    """Have a session end. Tried until the NAS reports its end; asked again, it is the same attempt."""

    async def order() -> EnforcementOut:
        enforcement = await service.disconnect_session(session, scope, session_id, clock=request.app.state.clock)
        return EnforcementOut.model_validate(enforcement)

    return await once(EnforcementOut, order)


@router.get("/sessions/{session_id}/enforcement", tags=["sessions"])
async def get_enforcement(session: RequestSession, scope: RequestScope, session_id: UUID) -> EnforcementOut | None:
    """How far ending the session got; null where it never had to end."""
    enforcement = await service.enforcement_of(session, scope, session_id, service.Action.DISCONNECT)
    return None if enforcement is None else EnforcementOut.model_validate(enforcement)


@router.post("/sessions/{session_id}/change", status_code=202, tags=["sessions"])
async def tell_limits(
    request: Request, session: RequestSession, scope: RequestScope, once: Once, session_id: UUID
) -> ChangeOut:
    """Have the session's NAS told the limits that hold now (CoA-Request). Changes of plans are told without being asked."""

    async def order() -> ChangeOut:
        change = await service.tell_limits(session, scope, session_id, clock=request.app.state.clock)
        return ChangeOut.model_validate(change)

    return await once(ChangeOut, order)


@router.get("/sessions/{session_id}/change", tags=["sessions"])
async def get_change(session: RequestSession, scope: RequestScope, session_id: UUID) -> ChangeOut | None:
    """How far telling the session's NAS its latest limits got; null where they never changed since its login."""
    change = await service.enforcement_of(session, scope, session_id, service.Action.CHANGE)
    return None if change is None else ChangeOut.model_validate(change)
