"""Who is behind a request: the parameter types `SignedIn` and `AdminOnly`.

The token names an account; role and host are read from the database each time, so a disabled account is out at once.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from spotfi_cloud.identity.rules import Principal, Role
from spotfi_cloud.identity.service import find_principal
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
    tokens: AccessTokens = request.app.state.access_tokens
    return await find_principal(session, tokens.read(token))


SignedIn = Annotated[Principal, Depends(_signed_in)]
"""Parameter type by which an endpoint receives whoever is signed in; without a valid login the request ends in 401."""


def _admin_only(principal: SignedIn) -> Principal:
    if principal.role is not Role.ADMIN:
        msg = "Only an Admin may do this."
        raise ForbiddenError(msg)
    return principal


AdminOnly = Annotated[Principal, Depends(_admin_only)]
"""Like `SignedIn`, for what only an Admin may do: a Host gets 403."""
