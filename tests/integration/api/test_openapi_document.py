"""The OpenAPI document is one a client can be generated from, and says what can go wrong."""

import re
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI

from spotfi_cloud.entrypoints.api.openapi import TAGS
from spotfi_cloud.entrypoints.api.problem_codes import codes_by_status

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    paths = document["paths"].items()
    return [(method, path, each[method]) for path, each in paths for method in each.keys() & METHODS]


def test_every_operation_has_a_name_a_tag_and_words(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for method, path, operation in operations(document):
        assert operation["operationId"].isidentifier()
        assert operation["description"].strip(), path
        assert operation["tags"], path
        assert set(operation["tags"]) <= TAGS.keys(), f"{method} {path}: say in openapi.TAGS what its tag is about"
        for each in operation.get("parameters", ()):
            assert each["in"] == "path" or each.get("description"), f"{path}: say what {each['name']} is"


def test_what_a_generated_client_calls_things_is_short(document: dict[str, Any]) -> None:
    names = document["components"]["schemas"].keys()
    assert not [name for name in names if "__" in name or name.endswith("_")]  # two of a name, or a generic's


def test_every_operation_lists_its_problems(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        responses = operation["responses"]
        assert "default" in responses, path
        if "security" in operation:
            assert {"401", "403"} <= responses.keys(), path
        if "requestBody" in operation:
            assert {"400", "413", "422"} <= responses.keys(), path
        if method in {"patch", "delete"} and any(
            each["name"] == "if-match" for each in operation.get("parameters", ())
        ):
            assert "`stale`" in responses["412"]["description"]
        for status, response in responses.items():
            if status[0] in "45d":
                assert list(response["content"]) == ["application/problem+json"], path


def test_every_code_is_somewhere_in_the_document(document: dict[str, Any]) -> None:
    told = str(document["paths"])
    codes = {code for codes in codes_by_status().values() for code in codes}
    general = {"no_such_route", "method_not_allowed", "internal"}
    assert not [code for code in codes - general if f"`{code}`" not in told]


def test_every_body_has_an_example_that_fits(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        if schema.get("type") == "object" and "properties" in schema:
            whole = {**schema, "components": {"schemas": schemas}}
            for example in schema["examples"]:
                assert jsonschema_rs.is_valid(whole, example), (name, example)


def test_every_list_says_how_it_is_sorted_and_exported(document: dict[str, Any]) -> None:
    lists = [
        (path, operation)
        for _, path, operation in operations(document)
        if re.search(r"schemas/\w+Page'", str(operation["responses"].get("200", "")))
        and "limit" in str(operation.get("parameters"))
    ]
    assert len(lists) >= 8
    reports = {"/api/v1/reports/receivables", "/api/v1/reports/billing", "/api/v1/hosts/{host_id}/account"}
    assert [set(document["paths"][path]["get"]["responses"]["200"]["content"]) for path in reports] == [
        {"application/json", "text/csv"}
    ] * len(reports)
    for path, operation in lists:
        assert "text/csv" in operation["responses"]["200"]["content"], path
        sort = next((each for each in operation["parameters"] if each["name"] == "sort"), None)
        if sort is not None:
            assert "-" in str(sort["schema"]), path
