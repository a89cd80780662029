"""What a request may do: asked here, by area and by method, and nowhere else.

Every router of every capability names its area (`dependencies=[can(Area.ROUTERS)]`): GET needs to read it, any other method to
write it. A route that changes what another area keeps names that one as well.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Depends, Request

from spotfi_cloud.identity.rules import Area, Right
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.kernel.errors import ForbiddenError

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_WORDS = {Right.READ: "see", Right.WRITE: "change"}


class _Permission:
    """The check of one area, as a dependency of routes."""

    def __init__(self, area: Area) -> None:
        self.area = area

    async def __call__(self, request: Request, principal: SignedIn) -> None:
        right = Right.READ if request.method in _READING else Right.WRITE
        if not principal.may(self.area, right):
            msg = f"This login may not {_WORDS[right]} {self.area}; ask an Admin."
            raise ForbiddenError(msg)


def can(area: Area) -> Any:
    """The dependency that lets a request through only if whoever is signed in may do this much of the area."""
    return Depends(_Permission(area))


def area_of(dependency: Callable[..., Awaitable[Any]] | None) -> Area | None:
    """The area a route's dependency asks for; None for a dependency that is no permission."""
    return dependency.area if isinstance(dependency, _Permission) else None
