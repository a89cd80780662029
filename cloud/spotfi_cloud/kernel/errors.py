"""The root of every error SpotFi raises on purpose.

Each error carries a stable `code` (for programs) and a message that says what is wrong and what to do (for people).
Which HTTP status, exit status or protocol refusal a family becomes is decided in one place of each entrypoint.
"""

from typing import ClassVar


class SpotFiError(Exception):
    """Something that is expected to go wrong at times."""

    code: ClassVar[str] = "error"
    keeps_work: ClassVar[bool] = False
    """Whether what the request wrote before it failed is kept, as a count of failures must be."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        """Path of the request field that is wrong, such as `plan_id`, where there is one."""


class RejectedError(SpotFiError):
    """The caller asked for something that cannot be done as asked (HTTP 422)."""

    code = "rejected"


class UnauthenticatedError(SpotFiError):
    """The caller did not prove who they are (HTTP 401)."""

    code = "unauthenticated"


class ForbiddenError(SpotFiError):
    """The caller is known and may not do this (HTTP 403)."""

    code = "forbidden"


class NotFoundError(SpotFiError):
    """There is no such thing, or none in the caller's scope (HTTP 404)."""

    code = "not_found"


class ConflictError(SpotFiError):
    """What the caller wants contradicts what is there (HTTP 409)."""

    code = "conflict"


class StaleError(SpotFiError):
    """What the caller wants to change is no longer what they have seen (HTTP 412)."""

    code = "stale"


class TooManyError(SpotFiError):
    """The caller asks too often and may ask again later (HTTP 429)."""

    code = "too_many"

    def __init__(self, message: str, *, retry_after_s: int, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.retry_after_s = retry_after_s


class GoneError(SpotFiError):
    """It was there once and is used up or expired (HTTP 410)."""

    code = "gone"


class PeerError(SpotFiError):
    """A peer broke its protocol: counted and dropped, never a traceback."""

    code = "peer_broke_protocol"


class DependencyError(SpotFiError):
    """Something SpotFi stands on is away; trying again later may work (HTTP 503)."""

    code = "dependency_failed"
