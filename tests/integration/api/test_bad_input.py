"""Whatever a client sends, to whichever route: an answer below 500, and never a hang.

Every field gets what databases stumble over, and two of the other odd values, by turns.
"""

import copy
import re
from itertools import cycle
from typing import Any

import httpx
from fastapi import FastAPI

from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town
from tests.integration.api.furnishing import furnish

ALWAYS: tuple[Any, ...] = (None, 10**30, "\0")
BY_TURNS: "cycle[Any]" = cycle((-1, 1.5, True, "", "x" * 5000, [], {"a": {}}))
ODD_TEXTS = ("%00", "x", "-1", "%F0%9F%98%80", "0" * 400)
JSON = "application/json"


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    resolved: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return resolved


async def expect_no_failure(person: Person, method: str, path: str, **options: Any) -> None:
    answer = await person.client.request(method, path, **options)
    assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, f"{method} {path} {options}: {answer.text}"


async def test_odd_values_in_every_field_path_and_query(
    app: FastAPI, town: Town, admin: Person, database: Database
) -> None:
    owner = await town.move_in("Café")
    furnished = await furnish(owner, admin, database)
    document = (await admin.client.get("/openapi.json")).json()
    for template, operations in document["paths"].items():
        ids = {name: furnished.get(name, "none") for name in re.findall(r"{(\w+)}", template)}
        for method, operation in operations.items():
            if JSON in operation.get("requestBody", {}).get("content", {}):
                await odd_bodies(admin, document, method, template.format(**ids), operation)
            await odd_queries(admin, method, template.format(**ids), operation)
            for name in ids:
                for odd in ODD_TEXTS:
                    await expect_no_failure(admin, method, template.format(**ids | {name: odd}), json={})


async def odd_bodies(
    person: Person, document: dict[str, Any], method: str, path: str, operation: dict[str, Any]
) -> None:
    schema = resolve(document, operation["requestBody"]["content"][JSON]["schema"])
    fitting = copy.deepcopy((schema.get("examples") or [{}])[0])
    for field in schema.get("properties", {}):
        for odd in (*ALWAYS, next(BY_TURNS), next(BY_TURNS)):
            await expect_no_failure(person, method, path, json={**fitting, field: odd})


async def odd_queries(person: Person, method: str, path: str, operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        for odd in ODD_TEXTS if parameter["in"] == "query" else ():
            await expect_no_failure(person, method, f"{path}?{parameter['name']}={odd}")
