"""Who is behind a request: the parameter types `SignedIn` and `SignedInPerson`. What they may do: `identity.permissions`.

The token names an account; role and hosts are the database's (`identity.principal_cache` keeps them for a second at most), so a
disabled account is out at once.
"""

import time
from collections.abc import Hashable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.principal_cache import PrincipalCache
from spotfi_cloud.identity.rules import Principal
from spotfi_cloud.identity.secrets import hash_of
from spotfi_cloud.identity.service import find_principal
from spotfi_cloud.identity.service.api_keys import KEY_START, find_principal_of_key
from spotfi_cloud.identity.tokens import AccessClaims, AccessTokens
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
    tokens: AccessTokens = request.app.state.access_tokens
    cache: PrincipalCache = request.app.state.principals
    claims = None if token.startswith(KEY_START) else tokens.read(token)
    key: Hashable = hash_of(token) if claims is None else claims
    now_s, generation = time.monotonic(), cache.generation
    found = cache.find(key, now_s)
    if found is None:
        found = await _read_principal(request, session, token, claims)
        cache.keep(key, found, now_s, generation)
    return found


async def _read_principal(
    request: Request, session: AsyncSession, token: str, claims: AccessClaims | None
) -> Principal:
    if claims is None:
        return await find_principal_of_key(session, token, clock=request.app.state.clock)
    return await find_principal(session, claims.account_id, claims.session_id)


SignedIn = Annotated[Principal, Depends(_signed_in)]
"""Parameter type by which an endpoint receives whoever is signed in; without a valid login the request ends in 401."""


async def _person(principal: SignedIn) -> Principal:
    if principal.key_rights is not None:
        msg = "An API key may not do this; sign in as a person."
        raise ForbiddenError(msg)
    return principal


SignedInPerson = Annotated[Principal, Depends(_person)]
"""Like `SignedIn`, for what a person does to their own account: a program with an API key gets 403."""
