"""The audit log over HTTP; for Admins, to read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from spotfi_cloud.identity.audited import AUDITED
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.identity.schemas import AuditEntryOut
from spotfi_cloud.identity.service import audit
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[can(Area.AUDIT)])

_KINDS = Query(
    pattern=f"^({'|'.join(AUDITED)})$", description="Only this kind.", json_schema_extra={"enum": list(AUDITED)}
)


@router.get("")
async def list_audit_entries(
    *,
    session: RequestSession,
    page: Annotated[PageQuery, sorted_by("at")],
    actor_id: Annotated[UUID | None, Query(description="Only what this account did.")] = None,
    subject_id: Annotated[UUID | None, Query(description="Only what was done to this.")] = None,
    kind: Annotated[str | None, _KINDS] = None,
    since: Annotated[AwareDatetime | None, Query(description="From this instant on.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before this instant.")] = None,
) -> Page[AuditEntryOut]:
    """Who changed what, when, from where, with the values before and after; newest first. Admin only."""
    wanted = audit.AuditFilter(actor_id, subject_id, kind, since, until)
    return (await audit.list_entries(session, wanted, page)).to_page(AuditEntryOut.model_validate)
