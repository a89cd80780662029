"""When alerts are raised: for the installation, which an Admin says, and for a host."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.alerts.schemas import RuleIn, RuleList, RuleOut
from spotfi_cloud.alerts.service import rulebook as service
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.storage.request import RequestSession

router = APIRouter()


@router.get("/alert-rules")
async def list_rules(session: RequestSession, scope: RequestScope) -> RuleList:
    """The installation's rule for each kind of alert: what holds where a host has none of its own."""
    return RuleList(items=[RuleOut.of(view) for view in await service.list_rules(session, scope, None)])


@router.put("/alert-rules/{kind}", dependencies=[can(Area.SETTINGS)])
async def put_rule(request: Request, session: RequestSession, scope: RequestScope, kind: str, body: RuleIn) -> RuleOut:
    """Set the installation's rule for a kind. Admin only."""
    clock = request.app.state.clock
    return RuleOut.of(await service.put_rule(session, scope, None, kind, body.given(), clock=clock))


@router.delete("/alert-rules/{kind}", status_code=204, dependencies=[can(Area.SETTINGS)])
async def reset_rule(session: RequestSession, scope: RequestScope, kind: str) -> None:
    """Let the default hold again. Admin only."""
    await service.reset_rule(session, scope, None, kind)


@router.get("/hosts/{host_id}/alert-rules")
async def list_rules_of_host(session: RequestSession, scope: RequestScope, host_id: UUID) -> RuleList:
    """The rule that holds for each kind of alert of a host."""
    return RuleList(items=[RuleOut.of(view) for view in await service.list_rules(session, scope, host_id)])


@router.put("/hosts/{host_id}/alert-rules/{kind}")
async def put_rule_of_host(
    *, request: Request, session: RequestSession, scope: RequestScope, host_id: UUID, kind: str, body: RuleIn
) -> RuleOut:
    """Set a host's own rule for a kind."""
    clock = request.app.state.clock
    return RuleOut.of(await service.put_rule(session, scope, host_id, kind, body.given(), clock=clock))


@router.delete("/hosts/{host_id}/alert-rules/{kind}", status_code=204)
async def reset_rule_of_host(session: RequestSession, scope: RequestScope, host_id: UUID, kind: str) -> None:
    """Let the installation's rule hold for a host again."""
    await service.reset_rule(session, scope, host_id, kind)
