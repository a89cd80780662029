"""The alerts themselves."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from spotfi_cloud.alerts.rules import AlertKind, AlertState, Severity, area_of
from spotfi_cloud.alerts.schemas import AcknowledgeIn, AlertOut
from spotfi_cloud.alerts.service import alerts as service
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.rules import Principal, Right
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/alerts")


def visible_kinds(principal: Principal) -> frozenset[AlertKind]:
    """The kinds of alerts an account may see: those about guests only where it may see guests."""
    return frozenset(kind for kind in AlertKind if principal.may(area_of(kind), Right.READ))


@router.get("")
async def list_alerts(
    session: RequestSession,
    scope: RequestScope,
    principal: SignedIn,
    page: Annotated[PageQuery, sorted_by("raised_at")],
    state: Annotated[AlertState | None, Query(description="Only in this state.")] = None,
    *,
    is_open: Annotated[bool, Query(alias="open", description="Only those that are not cleared.")] = False,
    kind: Annotated[AlertKind | None, Query(description="Only of this kind.")] = None,
    severity: Annotated[Severity | None, Query(description="Only this severe.")] = None,
    host_id: Annotated[UUID | None, Query(description="Only of this host.")] = None,
    router_id: Annotated[UUID | None, Query(description="Only about this router.")] = None,
    subject_id: Annotated[UUID | None, Query(description="Only about this router, guest, command or invoice.")] = None,
) -> Page[AlertOut]:
    """Alerts, the last raised first. Those about guests are shown to whoever may see guests."""
    kinds = visible_kinds(principal)
    wanted = service.AlertFilter(
        kinds=kinds if kind is None else kinds & {kind},
        state=state,
        open_only=is_open,
        severity=severity,
        host_id=host_id,
        router_id=router_id,
        subject_id=subject_id,
    )
    return (await service.list_alerts(session, scope, wanted, page)).to_page(AlertOut.of)


@router.get("/{alert_id}")
async def get_alert(session: RequestSession, scope: RequestScope, principal: SignedIn, alert_id: UUID) -> AlertOut:
    """One alert."""
    return AlertOut.of(await service.get_alert(session, scope, alert_id, visible_kinds(principal)))


@router.post("/{alert_id}/acknowledge")
async def acknowledge_alert(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    principal: SignedIn,
    alert_id: UUID,
    body: AcknowledgeIn | None = None,
) -> AlertOut:
    """Say that somebody looks after it. A failed command is over with that; everything else once it is good again."""
    view = await service.acknowledge_alert(
        session,
        scope,
        alert_id,
        visible_kinds(principal),
        account_id=principal.account_id,
        note=None if body is None else body.note,
        clock=request.app.state.clock,
    )
    return AlertOut.of(view)
