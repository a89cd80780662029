"""Access tokens: JWT (RFC 7519) signed with HS256 under a key derived from the installation's secret key.

The algorithm is pinned, so `none` and every other one is refused whatever a token's header says.
"""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import jwt

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import UnauthenticatedError
from spotfi_cloud.kernel.sealing import derive_key

ACCESS_TOKEN_LIFE = timedelta(minutes=10)
_ALGORITHM = "HS256"
_AUDIENCE = "spotfi-api"


class AccessClaims(NamedTuple):
    """Whom a token stands for, and the session it ends with (None: one that ends by time alone)."""

    account_id: UUID
    session_id: UUID | None


class AccessTokens:
    """Issues and checks the access tokens of one installation."""

    def __init__(self, secret_key: str, clock: Clock) -> None:
        self._key = derive_key(secret_key, "access-token")
        self._clock = clock

    def issue(self, account_id: UUID, session_id: UUID | None = None) -> str:
        """A token that names the account, and the session it ends with, for the next ACCESS_TOKEN_LIFE."""
        now = self._clock.now()
        claims: dict[str, object] = {
            "sub": str(account_id),
            "aud": _AUDIENCE,
            "iat": now,
            "exp": now + ACCESS_TOKEN_LIFE,
        }
        if session_id is not None:
            claims["sid"] = str(session_id)
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: str) -> "AccessClaims":
        """What a valid token says; UnauthenticatedError for any other token."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                # Expiry is judged below, by the injected clock.
                options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False},
            )
            account_id, expires_at_s = UUID(claims["sub"]), int(claims["exp"])
            session_id = UUID(claims["sid"]) if "sid" in claims else None
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError) as error:
            msg = "This access token is not valid. Sign in again."
            raise UnauthenticatedError(msg) from error
        if self._clock.now().timestamp() >= expires_at_s:
            msg = "This access token has expired. Sign in again."
            raise UnauthenticatedError(msg)
        return AccessClaims(account_id, session_id)
