"""A guest who has proved a password on the page, as a cookie remembers it: a JWT (RFC 7519), HS256, under a key of its own.

It shows what is left of an account to its owner. It lets nobody in: for that the router wants the password's proof each time.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import jwt

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.sealing import derive_key

TOKEN_LIFE = timedelta(hours=12)
_ALGORITHM = "HS256"
_AUDIENCE = "spotfi-guest"


@dataclass(frozen=True, slots=True)
class Guest:
    """Whose account it is, on which device, and where the router they came through has its own pages."""

    subscriber_id: UUID
    username: str
    is_voucher: bool
    host_id: UUID
    device: str
    nas: str
    user_url: str | None
    """Where they were going, if their router vouched for it."""


class GuestTokens:
    """Issues and checks the tokens of one installation."""

    def __init__(self, secret_key: str, clock: Clock) -> None:
        self._key = derive_key(secret_key, "guest-token")
        self._clock = clock

    def issue(self, guest: Guest) -> str:
        """A token that is good for TOKEN_LIFE."""
        claims: dict[str, object] = {
            "sub": str(guest.subscriber_id),
            "aud": _AUDIENCE,
            "exp": self._clock.now() + TOKEN_LIFE,
            "name": guest.username,
            "voucher": guest.is_voucher,
            "host": str(guest.host_id),
            "device": guest.device,
            "nas": guest.nas,
            "to": guest.user_url,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: str, host_id: UUID) -> Guest | None:
        """Who has it; None for a token that is not valid, is over, or was issued on another host's page."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                # Expiry is judged below, by the injected clock.
                options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        if self._clock.now().timestamp() >= claims["exp"] or claims["host"] != str(host_id):
            return None
        return Guest(
            UUID(claims["sub"]),
            claims["name"],
            claims["voucher"],
            host_id,
            claims["device"],
            claims["nas"],
            claims["to"],
        )
