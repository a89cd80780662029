"""Ties requests to the audit log: every request that may change something is noted, whoever wrote its endpoint."""

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.entrypoints.api.middleware import route_template
from spotfi_cloud.identity.rules import Principal
from spotfi_cloud.identity.service import audit

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def may_change(request: Request) -> bool:
    """Whether the request's method may change anything."""
    return request.method not in _READING


async def begin_audit(request: Request, session: AsyncSession) -> None:
    """Have the request's changes noted, if its method may change anything."""
    if may_change(request):
        await audit.begin(session)


async def end_audit(request: Request, session: AsyncSession) -> None:
    """Enter the request's changes into the log, in the same transaction."""
    if may_change(request):
        await audit.record(session, _act_of(request), clock=request.app.state.clock)


def _act_of(request: Request) -> audit.Act:
    principal: Principal | None = getattr(request.state, "principal", None)
    action = f"{request.method} {route_template(request.scope)}"
    address = "" if request.client is None else request.client.host
    if principal is None:
        return audit.Act(audit.ActorKind.NOBODY, None, action, address)
    kind = audit.ActorKind.PERSON if principal.key_rights is None else audit.ActorKind.API_KEY
    return audit.Act(kind, principal.account_id, action, address)
