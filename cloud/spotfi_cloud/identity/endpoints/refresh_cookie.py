"""The refresh token of a browser: in a cookie that scripts cannot read and that no other site's request carries.

Its name depends on the scheme, because a browser lets no plain HTTP response replace a cookie that was set by HTTPS.
"""

from fastapi import Request, Response

from spotfi_cloud.identity.service.sessions import SESSION_LIFE

_PATH = "/api/v1/auth"


def _name(request: Request) -> str:
    return "__Secure-spotfi-refresh" if request.url.scheme == "https" else "spotfi-refresh"


def read_cookie(request: Request) -> str | None:
    """The refresh token this browser holds, None where it holds none."""
    return request.cookies.get(_name(request))


def keep_in_cookie(request: Request, response: Response, refresh_token: str) -> None:
    """Have the browser keep the token for as long as a session lasts unused."""
    response.set_cookie(
        _name(request),
        refresh_token,
        max_age=int(SESSION_LIFE.total_seconds()),
        path=_PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Have the browser forget the token."""
    response.delete_cookie(
        _name(request), path=_PATH, secure=request.url.scheme == "https", httponly=True, samesite="strict"
    )
