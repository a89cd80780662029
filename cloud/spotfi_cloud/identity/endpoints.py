"""Sign-in and staff accounts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm

from spotfi_cloud.identity import service
from spotfi_cloud.identity.schemas import AccessToken, StaffAccountIn, StaffAccountOut, StaffAccountPatch
from spotfi_cloud.identity.signed_in import AdminOnly, SignedIn
from spotfi_cloud.identity.tokens import ACCESS_TOKEN_LIFE, AccessTokens
from spotfi_cloud.storage.page_request import PageRequest
from spotfi_cloud.storage.pages import Page
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(tags=["staff"])


@router.post("/auth/token", tags=["sign-in"])
async def create_token(
    request: Request, session: RequestSession, form: Annotated[OAuth2PasswordRequestForm, Depends()]
) -> AccessToken:
    """Sign in with e-mail (as `username`) and password; the answer's token goes into `Authorization: Bearer …`."""
    principal = await service.sign_in(session, form.username, form.password)
    tokens: AccessTokens = request.app.state.access_tokens
    return AccessToken(
        access_token=tokens.issue(principal.account_id), expires_in=int(ACCESS_TOKEN_LIFE.total_seconds())
    )


@router.get("/auth/me", tags=["sign-in"])
async def get_me(session: RequestSession, principal: SignedIn) -> StaffAccountOut:
    """The account that is signed in."""
    return StaffAccountOut.model_validate(await service.get_account(session, principal.account_id))


@router.get("/staff")
async def list_staff(session: RequestSession, _admin: AdminOnly, page: PageRequest) -> Page[StaffAccountOut]:
    """Every staff account, newest first. Admin only."""
    return (await service.list_accounts(session, page)).to_page(StaffAccountOut.model_validate)


@router.post("/staff", status_code=201)
async def create_staff(
    request: Request, session: RequestSession, _admin: AdminOnly, body: StaffAccountIn
) -> StaffAccountOut:
    """Create an account for an Admin or for a Host of one host. Admin only."""
    account = await service.create_account(
        session, body.email, body.password.get_secret_value(), body.role, body.host_id, clock=request.app.state.clock
    )
    return StaffAccountOut.model_validate(account)


@router.get("/staff/{account_id}")
async def get_staff(session: RequestSession, _admin: AdminOnly, account_id: UUID) -> StaffAccountOut:
    """One staff account. Admin only."""
    return StaffAccountOut.model_validate(await service.get_account(session, account_id))


@router.patch("/staff/{account_id}")
async def change_staff(
    request: Request, session: RequestSession, admin: AdminOnly, account_id: UUID, body: StaffAccountPatch
) -> StaffAccountOut:
    """Set an account's password, disable it or enable it again. Admin only."""
    given = body.given()
    account = await service.get_account(session, account_id)
    if "password" in given:
        account = await service.set_password(session, account_id, body.password.get_secret_value())
    if "disabled" in given:
        account = await service.set_disabled(
            session, account_id, body.disabled, by=admin, clock=request.app.state.clock
        )
    return StaffAccountOut.model_validate(account)
