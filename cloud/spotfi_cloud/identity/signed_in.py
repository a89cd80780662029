"""Who is behind a request: the parameter types `SignedIn` and `SignedInPerson`. What they may do: `identity.permissions`.

The token names an account; role and hosts are read from the database each time, so a disabled account is out at once.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.rules import Principal
from spotfi_cloud.identity.service import find_principal
from spotfi_cloud.identity.service.api_keys import KEY_START, find_principal_of_key
from spotfi_cloud.identity.tokens import AccessTokens
from spotfi_cloud.kernel.errors import ForbiddenError, UnauthenticatedError
from spotfi_cloud.storage.request import RequestSession

_bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", scheme_name="Staff", auto_error=False)


async def _signed_in(
    request: Request, session: RequestSession, token: Annotated[str | None, Depends(_bearer)]
) -> Principal:
    if token is None:
        msg = "Sign in first: send `Authorization: Bearer …` with a token from POST /api/v1/auth/token."
        raise UnauthenticatedError(msg)
    principal = await _principal_of(request, session, token)
    request.state.principal = principal  # the audit log asks who it was
    return principal


async def _principal_of(request: Request, session: AsyncSession, token: str) -> Principal:
    if token.startswith(KEY_START):
        return await find_principal_of_key(session, token, clock=request.app.state.clock)
    tokens: AccessTokens = request.app.state.access_tokens
    claims = tokens.read(token)
    return await find_principal(session, claims.account_id, claims.session_id)


SignedIn = Annotated[Principal, Depends(_signed_in)]
"""Parameter type by which an endpoint receives whoever is signed in; without a valid login the request ends in 401."""


def _person(principal: SignedIn) -> Principal:
    if principal.key_rights is not None:
        msg = "An API key may not do this; sign in as a person."
        raise ForbiddenError(msg)
    return principal


SignedInPerson = Annotated[Principal, Depends(_person)]
"""Like `SignedIn`, for what a person does to their own account: a program with an API key gets 403."""
