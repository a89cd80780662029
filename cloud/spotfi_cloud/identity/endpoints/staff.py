"""Staff accounts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from spotfi_cloud.identity import service
from spotfi_cloud.identity.endpoints.from_request import require_mail
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area, Role
from spotfi_cloud.identity.schemas import StaffAccountIn, StaffAccountOut, StaffAccountPatch
from spotfi_cloud.identity.service import letters, second_factor
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.storage.version_request import IfMatch, show_version

router = APIRouter(prefix="/staff", tags=["staff"], dependencies=[can(Area.STAFF)])


@router.get("")
async def list_staff(
    session: RequestSession,
    page: Annotated[PageQuery, sorted_by("created_at", "email")],
    *,
    role: Annotated[Role | None, Query(description="Only those with this role.")] = None,
    host_id: Annotated[UUID | None, Query(description="Only this host's, and Technicians it is given to.")] = None,
) -> Page[StaffAccountOut]:
    """Staff accounts, newest first."""
    found = await service.list_accounts(session, page, role=role, host_id=host_id)
    return found.to_page(StaffAccountOut.model_validate)


@router.post("", status_code=201)
async def create_staff(
    request: Request, response: Response, session: RequestSession, body: StaffAccountIn
) -> StaffAccountOut:
    """Create an account: Admin, Support, Technician of the hosts given, or Host of one. No password: an e-mail invites."""
    if body.password is None:
        require_mail(request)
        await letters.order(session, letters.Kind.INVITATION, body.email, clock=request.app.state.clock)
    account = await service.create_account(
        session,
        body.email,
        None if body.password is None else body.password.get_secret_value(),
        body.role,
        body.host_id,
        host_ids=body.host_ids,
        clock=request.app.state.clock,
    )
    show_version(response, account)
    return StaffAccountOut.model_validate(account)


@router.get("/{account_id}")
async def get_staff(response: Response, session: RequestSession, account_id: UUID) -> StaffAccountOut:
    """One staff account."""
    account = await service.get_account(session, account_id)
    show_version(response, account)
    return StaffAccountOut.model_validate(account)


@router.patch("/{account_id}")
async def change_staff(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    principal: SignedIn,
    expected: IfMatch,
    account_id: UUID,
    body: StaffAccountPatch,
) -> StaffAccountOut:
    """Set an account's password, give a Technician hosts, disable the account or enable it again."""
    given = body.given()
    expected.require(await service.get_account(session, account_id, lock=True))
    if "password" in given:
        await service.set_password(session, account_id, body.password.get_secret_value(), clock=request.app.state.clock)
    if "host_ids" in given:
        await service.give_hosts(session, account_id, body.host_ids)
    if "disabled" in given:
        await service.set_disabled(session, account_id, body.disabled, by=principal, clock=request.app.state.clock)
    account = await service.get_account(session, account_id)
    show_version(response, account)
    return StaffAccountOut.model_validate(account)


@router.delete("/{account_id}/second-factor", status_code=204)
async def remove_second_factor_of(session: RequestSession, account_id: UUID) -> None:
    """Take an account's second factor away, for someone who lost it; they enrol another one."""
    account = await service.get_account(session, account_id)
    await second_factor.remove(session, account.id)
