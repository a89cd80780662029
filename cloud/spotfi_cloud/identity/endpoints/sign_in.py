"""Signing in over HTTP, and one's own sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.security import OAuth2PasswordRequestForm

from spotfi_cloud.identity import service
from spotfi_cloud.identity.endpoints.from_request import RequestClient, TotpSealer, require_mail
from spotfi_cloud.identity.endpoints.refresh_cookie import drop_cookie, keep_in_cookie, read_cookie
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.identity.schemas import (
    AccessToken,
    MeOut,
    NewPasswordIn,
    PasswordResetIn,
    RefreshIn,
    StaffAccountOut,
    StaffSessionOut,
)
from spotfi_cloud.identity.service import letters, links, second_factor, sessions
from spotfi_cloud.identity.signed_in import SignedIn, SignedInPerson
from spotfi_cloud.identity.tokens import ACCESS_TOKEN_LIFE, AccessTokens
from spotfi_cloud.kernel.errors import UnauthenticatedError
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/auth", tags=["sign-in"])


@router.post("/token")
async def create_token(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    client: RequestClient,
    sealer: TotpSealer,
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    otp: Annotated[
        str | None, Form(max_length=40, description="Code of the second factor, or a recovery code.")
    ] = None,
    cookie: Annotated[
        bool, Form(description="For browsers: the refresh token goes into an HttpOnly cookie, not into the answer.")
    ] = False,
) -> AccessToken:
    """Sign in with e-mail (as `username`) and password; the answer's token goes into `Authorization: Bearer …`.

    An account with a second factor is answered 401 `second_factor_required` until `otp` is sent along.
    """
    credentials = sessions.Credentials(form.username, form.password, otp)
    opened = await sessions.open_session(session, credentials, client, sealer=sealer, clock=request.app.state.clock)
    return _tokens(request, response, opened, cookie=cookie)


@router.post("/refresh")
async def refresh_token(
    request: Request, response: Response, session: RequestSession, body: RefreshIn | None = None
) -> AccessToken:
    """Trade a refresh token for a new pair of tokens. Used a second time it ends its session: it was stolen.

    Without a body, the browser's cookie is traded.
    """
    token = read_cookie(request) if body is None else body.refresh_token
    if token is None:
        msg = "There is no refresh token, neither in the body nor in a cookie. Sign in."
        raise UnauthenticatedError(msg)
    opened = await sessions.refresh(session, token, clock=request.app.state.clock)
    return _tokens(request, response, opened, cookie=body is None)


def _tokens(request: Request, response: Response, opened: sessions.Opened, *, cookie: bool) -> AccessToken:
    tokens: AccessTokens = request.app.state.access_tokens
    if cookie:
        keep_in_cookie(request, response, opened.refresh_token)
    return AccessToken(
        access_token=tokens.issue(opened.account_id, opened.session_id),
        expires_in=int(ACCESS_TOKEN_LIFE.total_seconds()),
        refresh_token=None if cookie else opened.refresh_token,
    )


@router.post("/logout", status_code=204)
async def log_out(request: Request, response: Response, session: RequestSession, principal: SignedInPerson) -> None:
    """End the session this request came by: its tokens are void at once."""
    drop_cookie(request, response)
    if principal.session_id is not None:
        await sessions.end_session(session, principal, principal.session_id, clock=request.app.state.clock)


@router.get("/me")
async def get_me(session: RequestSession, principal: SignedIn) -> MeOut:
    """The account that is signed in, and what it may do."""
    account = StaffAccountOut.model_validate(await service.get_account(session, principal.account_id))
    rights = {area: principal.right(area).name.lower() for area in Area}
    confirmed = await second_factor.in_force(session, principal.account_id)
    return MeOut.model_validate(account.model_dump() | {"rights": rights, "second_factor": confirmed})


@router.get("/sessions")
async def list_my_sessions(
    request: Request, session: RequestSession, principal: SignedInPerson
) -> list[StaffSessionOut]:
    """One's own open sessions, newest first."""
    found = await sessions.list_sessions(session, principal, clock=request.app.state.clock)
    shown = [StaffSessionOut.model_validate(each) for each in found]
    return [each.model_copy(update={"current": each.id == principal.session_id}) for each in shown]


@router.delete("/sessions/{session_id}", status_code=204)
async def end_my_session(
    request: Request, session: RequestSession, principal: SignedInPerson, session_id: UUID
) -> None:
    """End one of one's own sessions, on another device for instance; its tokens are void at once."""
    await sessions.end_session(session, principal, session_id, clock=request.app.state.clock)


@router.post("/password-reset", status_code=202)
async def request_password_reset(
    request: Request, session: RequestSession, client: RequestClient, body: PasswordResetIn
) -> None:
    """Have a link for a new password sent by e-mail, where there is such an account; the answer is always the same."""
    require_mail(request)
    await letters.order_reset(session, body.email, client.address, clock=request.app.state.clock)


@router.post("/password", status_code=204)
async def set_password_by_link(request: Request, session: RequestSession, body: NewPasswordIn) -> None:
    """Set the password with the token of an invitation or a password reset. The link is used up; sessions end."""
    await links.redeem(session, body.token, body.password.get_secret_value(), clock=request.app.state.clock)
