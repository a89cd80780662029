"""What goes wrong, as problem documents (RFC 9457): the one place where errors become HTTP statuses."""

from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from spotfi_cloud.kernel.errors import (
    ConflictError,
    DependencyError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    PeerError,
    RejectedError,
    SpotFiError,
    StaleError,
    TooManyError,
    UnauthenticatedError,
)

_log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = "2"
STATUSES: dict[type[SpotFiError], int] = {
    RejectedError: 422,
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    GoneError: 410,
    TooManyError: 429,
    StaleError: 412,
    PeerError: 502,
    DependencyError: 503,
}
_CODES = {404: "no_such_route", 405: "method_not_allowed", 413: "body_too_large", 400: "malformed"}
_PLACES = ("body", "query", "path", "header", "cookie")


class FieldProblem(BaseModel):
    """What is wrong with one field of the request."""

    field: str = Field(description="Path of the field, such as `plan_id` or `args.lines`.")
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.", examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="What is wrong and what to do.", examples=["There is no plan with this id."])
    code: str = Field(description="Stable name of the problem, for programs.", examples=["not_found"])
    errors: list[FieldProblem] | None = Field(None, description="The fields that are wrong, where fields are.")


def problem_response(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[FieldProblem] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The response for a problem."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, errors=errors)
    all_headers = dict(headers or {})
    if status == HTTPStatus.UNAUTHORIZED:
        all_headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        all_headers["Retry-After"] = _RETRY_AFTER_S
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, status, headers=all_headers, media_type=MEDIA_TYPE)


def unexpected_problem() -> JSONResponse:
    """The response for an error nobody expected; the log says more than the client may know."""
    return problem_response(500, "internal", "Something went wrong on the server. It has been logged.")


def stopping_problem() -> JSONResponse:
    """The response for a request that the end of the process cut off."""
    return problem_response(503, "stopping", "The server is stopping. Try again in a moment.")


def status_of(error: type[SpotFiError]) -> int:
    """The HTTP status of an error's family; 500 for an error of none."""
    for kind in error.__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return 500


def _on_spotfi_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SpotFiError)
    status = status_of(type(error))
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("request_failed", code=error.code, error=error.message)
    errors = None if error.field is None else [FieldProblem(field=error.field, message=error.message)]
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooManyError) else None
    return problem_response(status, error.code, error.message, errors=errors, headers=headers)


def _on_invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [FieldProblem(field=_field_of(each["loc"]), message=_message_of(each)) for each in error.errors()]
    detail = "; ".join(f"{each.field}: {each.message}" for each in errors[:5])
    return problem_response(422, "invalid", detail, errors=errors)


def _field_of(location: tuple[int | str, ...]) -> str:
    """`("body", "args", "lines")` → `args.lines`; a body that is none at all → `body`."""
    inner = location[1:] if len(location) > 1 and location[0] in _PLACES else location
    names = [str(part) for part in inner]
    return ".".join(names) if any(isinstance(part, str) for part in inner) else "body"


def _message_of(error: dict[str, Any]) -> str:
    match error["type"]:
        case "missing":
            return "This field is required."
        case "extra_forbidden":
            return "There is no such field."
        case "json_invalid":
            return "This is not JSON."
        case "too_short" | "too_long" if error["ctx"]["field_type"] == "Value":  # a secret: pydantic counts "items"
            bound, words = ("min_length", "at least") if error["type"] == "too_short" else ("max_length", "at most")
            return f"It must have {words} {error['ctx'][bound]} characters."
        case _:
            message: str = error["msg"].removeprefix("Value error, ")
            return f"{message[:1].upper()}{message[1:]}."


def _on_http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    details = {404: "There is nothing at this address; /docs lists what there is.", 405: "Not with this method."}
    detail = details.get(error.status_code, str(error.detail))
    code = _CODES.get(error.status_code, "error")
    return problem_response(error.status_code, code, detail, headers=dict(error.headers or {}))


def _on_database_error(_request: Request, error: Exception) -> JSONResponse:
    """Away → 503; a schema that is not there yet → 503; a value no column takes → 422; anything else is unexpected."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    match cause:
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn():
            _log.error("schema_outdated", error=str(cause).splitlines()[0])
            return problem_response(
                503, "schema_outdated", "The database's schema is not current: `spotfi db upgrade`."
            )
        case psycopg.OperationalError() | psycopg.InterfaceError() | PoolTimeoutError():
            _log.error("database_away", error=str(cause).strip())
            return problem_response(503, "database_away", "The database is away. Try again in a moment.")
        case psycopg.DataError():
            return problem_response(422, "invalid", "A value does not fit: too large, or a character that is no text.")
        case _:
            raise error


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error the app can meet a problem document, except unexpected ones (see `RequestLog`)."""
    app.add_exception_handler(SpotFiError, _on_spotfi_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    for kind in (DBAPIError, PoolTimeoutError, psycopg.Error):
        app.add_exception_handler(kind, _on_database_error)
