"""Bulk import over HTTP. The export is `GET /subscribers?format=csv`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.subscribers.csv_reading import MOST_LINES, MOST_PROBLEMS
from spotfi_cloud.subscribers.endpoints.accounts import PasswordSealer
from spotfi_cloud.subscribers.endpoints.given_conditions import GivenConditions
from spotfi_cloud.subscribers.schemas import ImportProblemOut, ImportReportOut
from spotfi_cloud.subscribers.service import importing as service

router = APIRouter(prefix="/subscribers/import", tags=["subscribers"], dependencies=[can(Area.GUESTS)])
_EXAMPLE = "username;password;plan\nada@central;correct horse;500 MB a month\n"
CsvBody = Annotated[
    bytes,
    Body(
        media_type="text/csv",
        description=f"UTF-8, `,` or `;`, up to {MOST_LINES} lines behind the one that names the columns: username, password, "
        "and any of plan (name or id), valid_from, valid_until, disabled.",
        examples=[_EXAMPLE],
    ),
]


@router.post("")
async def import_subscribers(
    *,
    session: RequestSession,
    scope: RequestScope,
    principal: SignedIn,
    sealer: PasswordSealer,
    conditions: GivenConditions,
    body: CsvBody,
    host_id: Annotated[UUID | None, Query(description="Home host of all; from a Host that Host.")] = None,
    plan_id: Annotated[UUID | None, Query(description="Plan of lines that name none; else the default one.")] = None,
    dry_run: Annotated[bool, Query(description="Only say what is wrong.")] = False,
) -> ImportReportOut:
    """Create a subscriber of every line of a CSV file. If one line is wrong, none is created, and all that is wrong is told."""
    wanted = service.Import(body, host_id, plan_id, dry_run, principal.account_id)
    report = await service.import_subscribers(session, scope, wanted, sealer=sealer, conditions=conditions)
    return ImportReportOut(
        lines=report.lines,
        created=report.created,
        problem_count=len(report.problems),
        problems=[ImportProblemOut.model_validate(problem) for problem in report.problems[:MOST_PROBLEMS]],
    )
