"""One's own password, second factor and API keys over HTTP; for people, not for programs with a key."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.identity import service
from spotfi_cloud.identity.endpoints.from_request import RequestClient, TotpSealer
from spotfi_cloud.identity.rules import Right
from spotfi_cloud.identity.schemas import (
    ApiKeyCreated,
    ApiKeyIn,
    ApiKeyOut,
    OtpIn,
    PasswordChangeIn,
    RecoveryCodes,
    SecondFactorOut,
)
from spotfi_cloud.identity.service import api_keys, own_password, second_factor
from spotfi_cloud.identity.signed_in import SignedInPerson
from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(prefix="/auth", tags=["sign-in"])


@router.post("/password/change", status_code=204)
async def change_own_password(
    request: Request, session: RequestSession, principal: SignedInPerson, client: RequestClient, body: PasswordChangeIn
) -> None:
    """Change one's own password. The session this request came by goes on; all the others end.

    A wrong `old_password` is answered 422 `old_password_wrong` and counts as a failed sign-in: too many are answered 429.
    """
    old, new = body.old_password.get_secret_value(), body.new_password.get_secret_value()
    await own_password.change_own_password(session, principal, old, new, client, clock=request.app.state.clock)


@router.post("/second-factor", status_code=201)
async def start_second_factor(
    request: Request, session: RequestSession, principal: SignedInPerson, sealer: TotpSealer
) -> SecondFactorOut:
    """Begin a second factor (TOTP): a secret for an authenticator app, in force once a code of it is confirmed."""
    account = await service.get_account(session, principal.account_id)
    enrolment = await second_factor.start(
        session, account.id, account.email, sealer=sealer, clock=request.app.state.clock
    )
    return SecondFactorOut.model_validate(enrolment)


@router.post("/second-factor/confirm")
async def confirm_second_factor(
    request: Request, session: RequestSession, principal: SignedInPerson, sealer: TotpSealer, body: OtpIn
) -> RecoveryCodes:
    """Put the second factor in force. The answer's recovery codes stand in for it, each once; keep them elsewhere."""
    codes = await second_factor.confirm(
        session, principal.account_id, body.otp, sealer=sealer, clock=request.app.state.clock
    )
    return RecoveryCodes(recovery_codes=codes)


@router.post("/second-factor/remove", status_code=204)
async def remove_second_factor(
    request: Request, session: RequestSession, principal: SignedInPerson, sealer: TotpSealer, body: OtpIn
) -> None:
    """Sign in without second factor again; a code, or a recovery code, proves that it is you."""
    proved = await second_factor.proves(
        session, principal.account_id, body.otp, sealer=sealer, clock=request.app.state.clock
    )
    if not proved:
        msg = "This code is wrong, or was used already."
        raise RejectedError(msg, field="otp")
    await second_factor.remove(session, principal.account_id)


@router.get("/api-keys")
async def list_api_keys(session: RequestSession, principal: SignedInPerson) -> list[ApiKeyOut]:
    """One's own API keys, newest first."""
    return [ApiKeyOut.model_validate(key) for key in await api_keys.list_keys(session, principal)]


@router.post("/api-keys", status_code=201)
async def create_api_key(
    request: Request, session: RequestSession, principal: SignedInPerson, body: ApiKeyIn
) -> ApiKeyCreated:
    """Make an API key, to be used like an access token. It acts for its owner, within the rights it is given."""
    rights = {area: Right[right.upper()] for area, right in body.rights.items()}
    made, key = await api_keys.create_key(
        session, principal, body.name, rights, body.expires_at, clock=request.app.state.clock
    )
    return ApiKeyCreated(**ApiKeyOut.model_validate(made).model_dump(), key=key)


@router.delete("/api-keys/{key_id}", status_code=204)
async def revoke_api_key(request: Request, session: RequestSession, principal: SignedInPerson, key_id: UUID) -> None:
    """Make one of one's own API keys void, at once."""
    await api_keys.revoke_key(session, principal, key_id, clock=request.app.state.clock)
