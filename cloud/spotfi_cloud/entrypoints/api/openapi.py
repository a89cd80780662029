"""The OpenAPI document: FastAPI's own, with every problem an operation can answer, examples of every body, and CSV of lists."""

import copy
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from spotfi_cloud.entrypoints.api import csv_export
from spotfi_cloud.entrypoints.api.examples import add_examples
from spotfi_cloud.entrypoints.api.problem_codes import codes_by_status
from spotfi_cloud.entrypoints.api.problems import MEDIA_TYPE, Problem
from spotfi_cloud.entrypoints.api.schema_names import shorten_names
from spotfi_cloud.storage.pages import Page

DESCRIPTION = """
One installation of SpotFi: hosts, their routers, plans, subscribers, sessions and invoices.

Sign in with **Authorize** (or `POST /api/v1/auth/token`). An Admin sees everything, a Host only what is theirs.

* Lists come in pages, `{items, next, prev}`: `?cursor=` takes `next` or `prev`, `?limit=` up to 200, `?sort=-created_at` an
  order, `?ids=` many by id; `?format=csv` (or `Accept: text/csv`) is the whole list as a file.
* What people edit has an `ETag`; sent back as `If-Match` with PATCH or DELETE, it keeps one from overwriting what one has
  not seen.
* What is created or ordered takes an `Idempotency-Key`: the same request again does nothing and gets the same answer.
* Errors are problem documents (RFC 9457) with a stable `code`; instants are RFC 3339 in UTC; volumes are bytes; money is minor
  units beside an ISO 4217 code.
"""
TAGS = {
    "health": "Whether the process lives and can serve, and its metrics.",
    "sign-in": "Tokens, and the account behind them.",
    "staff": "Accounts of the people who use this API.",
    "hosts": "Venue owners, the ISP's tenants.",
    "plans": "What subscribers may use, and for what price.",
    "subscribers": "Guests' accounts, their plans and top-ups.",
    "vouchers": "Codes on paper that are accounts, made in batches.",
    "routers": "The inventory: routers with an agent, and other NAS.",
    "enrolment": "How a router trades its one-time code for a key; by TLS or from this machine only.",
    "commands": "Orders to routers, and what became of them.",
    "terminals": "A shell on a router, in the browser, where the router's own configuration allows it.",
    "telemetry": "What routers measure.",
    "alerts": "What is wrong, when it counts as wrong, and whom it is told.",
    "sessions": "Guests' sessions and how they are ended.",
    "usage": "What subscribers used of their quotas.",
    "billing": "Tariffs and monthly invoices.",
    "audit": "Who did what, when and from where.",
    "devices": "What routers themselves ask, with their own keys.",
    "settings": "How this installation is set up, and where that is changed.",
    "overview": "What is going on, in figures.",
    "events": "What happens in the fleet, as it happens (server-sent events).",
}
_REFERENCE = "#/components/schemas/Problem"
_FORMAT = {
    "name": "format",
    "in": "query",
    "required": False,
    "schema": {"enum": ["json", "csv"], "type": "string", "default": "json"},
    "description": "`csv`: the whole list as a file; so does `Accept: text/csv`.",
}
_OPERATIONS = frozenset({"get", "post", "put", "patch", "delete"})
_GUARDED_TAGS = frozenset({"sign-in", "enrolment"})
_SUMMARIES = {
    400: "The body is no JSON.",
    401: "Not signed in.",
    403: "Not allowed to this account.",
    404: "There is no such thing, or none that this account may see.",
    409: "It contradicts what is there.",
    410: "It was there once, and is used up or expired.",
    412: "It was changed since it was read.",
    413: "The body is too large.",
    422: "A field of the request does not fit.",
    429: "Too often; `Retry-After` says when to try again.",
    503: "Something SpotFi stands on is away; try again in a moment.",
}


def operation_id(route: APIRoute) -> str:
    """The function's name: short, and unique over the API."""
    return route.name


class Api(FastAPI):
    """FastAPI whose document says what the app does when something is wrong."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = _completed(super().openapi())
        return self.openapi_schema


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for obsolete in ("HTTPValidationError", "ValidationError"):
        schemas.pop(obsolete, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    used: set[str] = set()
    for path, operations in document["paths"].items():
        for method in operations.keys() & _OPERATIONS:
            operation = operations[method]
            used.update(operation.get("tags", ()))
            _describe_problems(operation, method, has_parameters="{" in path)
            _describe_csv(operation, schemas)
    document["tags"] = [{"name": name, "description": TAGS.get(name, name)} for name in sorted(used)]
    add_examples(schemas)
    shorten_names(document)
    return document


def _describe_problems(operation: dict[str, Any], method: str, *, has_parameters: bool) -> None:
    headers = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}
    applies = {
        400: "requestBody" in operation,
        401: "security" in operation or "sign-in" in operation.get("tags", ()),
        403: "security" in operation,
        404: has_parameters or "requestBody" in operation,
        409: method in {"post", "patch", "put", "delete"},
        410: "enrolment" in operation.get("tags", ()),
        412: "If-Match" in headers or "if-match" in headers,
        413: "requestBody" in operation,
        422: "422" in operation["responses"] or "requestBody" in operation,
        429: bool(_GUARDED_TAGS & set(operation.get("tags", ()))),
        503: "health" not in operation.get("tags", ()) or "Readiness" in operation.get("summary", ""),
    }
    responses = operation["responses"]
    for status in (status for status, does in applies.items() if does):
        responses[str(status)] = _response(status)
    responses["default"] = {"description": "Any other problem.", "content": _problem_content()}


def _response(status: int) -> dict[str, Any]:
    codes = codes_by_status().get(status, {})
    listed = "".join(f"\n* `{code}`: {meaning}" for code, meaning in sorted(codes.items()))
    return {
        "description": f"{_SUMMARIES[status]}\n{listed}" if listed else _SUMMARIES[status],
        "content": _problem_content(),
    }


def _problem_content() -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE}}}


def _describe_csv(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """What answers a page is a file as well, whether or not its endpoint takes the parameters of pages."""
    content = operation["responses"].get("200", {}).get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
    if schemas.get(name, {}).get("properties", {}).keys() >= Page.model_fields.keys():
        content[csv_export.MEDIA_TYPE] = {"schema": {"type": "string"}}
        parameters = operation.setdefault("parameters", [])
        if all(each["name"] != "format" for each in parameters):
            parameters.append(copy.deepcopy(_FORMAT))
