"""Signing in over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm

from spotfi_cloud.identity import service
from spotfi_cloud.identity.schemas import AccessToken, StaffAccountOut
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.identity.tokens import ACCESS_TOKEN_LIFE, AccessTokens
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/auth", tags=["sign-in"])


@router.post("/token")
async def create_token(
    request: Request, session: RequestSession, form: Annotated[OAuth2PasswordRequestForm, Depends()]
) -> AccessToken:
    """Sign in with e-mail (as `username`) and password; the answer's token goes into `Authorization: Bearer …`."""
    principal = await service.sign_in(session, form.username, form.password)
    tokens: AccessTokens = request.app.state.access_tokens
    return AccessToken(
        access_token=tokens.issue(principal.account_id), expires_in=int(ACCESS_TOKEN_LIFE.total_seconds())
    )


@router.get("/me")
async def get_me(session: RequestSession, principal: SignedIn) -> StaffAccountOut:
    """The account that is signed in."""
    return StaffAccountOut.model_validate(await service.get_account(session, principal.account_id))
