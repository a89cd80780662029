"""The OpenAPI document: FastAPI's own, with problem documents in place of its validation errors."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from spotfi_cloud.entrypoints.api.problems import MEDIA_TYPE, Problem

DESCRIPTION = """
One installation of SpotFi: hosts, their routers, plans, subscribers, sessions and invoices.

Sign in with **Authorize** (or `POST /api/v1/auth/token`). An Admin sees everything, a Host only what is theirs.
Lists come in pages: `{items, next, prev}`; errors as problem documents (RFC 9457).
"""
_REFERENCE = "#/components/schemas/Problem"
_OPERATIONS = frozenset({"get", "post", "put", "patch", "delete"})


def operation_id(route: APIRoute) -> str:
    """The function's name: short, and unique over the API."""
    return route.name


class Api(FastAPI):
    """FastAPI whose document says what the app does when something is wrong."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = _with_problems(super().openapi())
        return self.openapi_schema


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for obsolete in ("HTTPValidationError", "ValidationError"):
        schemas.pop(obsolete, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for path, operations in document["paths"].items():
        for method in operations.keys() & _OPERATIONS:
            _describe_problems(operations[method], has_parameters="{" in path)
    return document


def _describe_problems(operation: dict[str, Any], *, has_parameters: bool) -> None:
    responses = operation["responses"]
    if "422" in responses:
        responses["422"] = _response("A field of the request does not fit.")
    if operation.get("security"):
        responses["401"] = _response("Not signed in.")
        responses["403"] = _response("Not allowed to this account.")
    if has_parameters:
        responses["404"] = _response("There is no such thing, or none that this account may see.")
    responses["default"] = _response("Any other problem.")


def _response(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE}}}}
