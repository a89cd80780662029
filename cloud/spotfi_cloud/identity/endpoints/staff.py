"""Staff accounts over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.identity import service
from spotfi_cloud.identity.endpoints.from_request import require_mail
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.identity.schemas import StaffAccountIn, StaffAccountOut, StaffAccountPatch
from spotfi_cloud.identity.service import letters, second_factor
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.storage.page_request import PageRequest
from spotfi_cloud.storage.pages import Page
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/staff", tags=["staff"], dependencies=[can(Area.STAFF)])


@router.get("")
async def list_staff(session: RequestSession, page: PageRequest) -> Page[StaffAccountOut]:
    """Every staff account, newest first."""
    return (await service.list_accounts(session, page)).to_page(StaffAccountOut.model_validate)


@router.post("", status_code=201)
async def create_staff(request: Request, session: RequestSession, body: StaffAccountIn) -> StaffAccountOut:
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
    return StaffAccountOut.model_validate(account)


@router.get("/{account_id}")
async def get_staff(session: RequestSession, account_id: UUID) -> StaffAccountOut:
    """One staff account."""
    return StaffAccountOut.model_validate(await service.get_account(session, account_id))


@router.patch("/{account_id}")
async def change_staff(
    request: Request, session: RequestSession, principal: SignedIn, account_id: UUID, body: StaffAccountPatch
) -> StaffAccountOut:
    """Set an account's password, give a Technician hosts, disable the account or enable it again."""
    given = body.given()
    account = await service.get_account(session, account_id)
    if "password" in given:
        account = await service.set_password(
            session, account_id, body.password.get_secret_value(), clock=request.app.state.clock
        )
    if "host_ids" in given:
        account = await service.give_hosts(session, account_id, body.host_ids)
    if "disabled" in given:
        account = await service.set_disabled(
            session, account_id, body.disabled, by=principal, clock=request.app.state.clock
        )
    return StaffAccountOut.model_validate(account)


@router.delete("/{account_id}/second-factor", status_code=204)
async def remove_second_factor_of(session: RequestSession, account_id: UUID) -> None:
    """Take an account's second factor away, for someone who lost it; they enrol another one."""
    account = await service.get_account(session, account_id)
    await second_factor.remove(session, account.id)
