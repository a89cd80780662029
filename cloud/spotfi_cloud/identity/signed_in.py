"""Who is behind a request: the parameter type `SignedIn`. What they may do is `identity.permissions`' to say.

The token names an account; role and hosts are read from the database each time, so a disabled account is out at once.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from spotfi_cloud.identity.rules import Principal
from spotfi_cloud.identity.service import find_principal
from spotfi_cloud.identity.tokens import AccessTokens
from spotfi_cloud.kernel.errors import UnauthenticatedError
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
