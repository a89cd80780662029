"""schemathesis over the whole OpenAPI document, as somebody who is signed in: no 5xx, and every answer as the document says."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from spotfi_cloud.entrypoints.api.app import bare_app
from spotfi_cloud.entrypoints.worker.billing import Biller
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import PASSWORD, plan_body
from tests.integration.api.served import Served, serving_app

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_ENDLESS = "text/event-stream"


def assert_conforming(
    database_url: str,
    folder: Path,
    role: str,
    examples: int,
    modes: Iterable[GenerationMode] = tuple(GenerationMode),
) -> Counter[str]:
    """Serve the app, sign in with the role, send so many requests of each operation; how many went which way.

    `modes`: requests that fit the document, and such as do not.
    """
    with serving_app(database_url, folder) as served, served.sign_in() as admin:
        ids = furnish(admin)
        ids |= _bill(admin, ids["host_id"], database_url)
        account: dict[str, Any] = {"email": f"fuzzing.{role}@spotfi.test", "password": PASSWORD, "role": role}
        if role == "host":
            account["host_id"] = ids["host_id"]
        if role == "technician":
            account["host_ids"] = [ids["host_id"]]
        admin.post("/staff", json=account).raise_for_status()
        with served.sign_in(account["email"]) as person:
            sent = fuzz(served, person, ids, examples=examples, modes=modes)
    assert sent["5xx"] == 0
    assert sent["2xx"] > 5 * examples
    assert sent["4xx"] > 0
    return sent


def furnish(admin: httpx.Client) -> dict[str, str]:
    """One of everything, so that ids lead somewhere; a Host `owner@…` belongs to it."""
    host = _post(admin, "/hosts", {"name": "Café", "timezone": "Europe/Vienna", "currency": "EUR"})
    email = f"owner@{host['id']}.test"
    owner = _post(admin, "/staff", {"email": email, "password": PASSWORD, "role": "host", "host_id": host["id"]})
    plan = _post(admin, "/plans", plan_body(host_id=host["id"]))
    guest = {"username": f"ada@{host['id']}", "password": "x", "plan_id": plan["id"], "host_id": host["id"]}
    subscriber = _post(admin, "/subscribers", guest)
    router = _post(admin, "/routers", {"name": "Bar", "nas_kind": "agent", "host_id": host["id"]})
    command = _post(admin, f"/routers/{router['id']}/commands", {"kind": "reboot", "deadline_s": 600})
    tariff = {"valid_from": "2026-01", "base_fee_minor": 1}
    admin.put(f"/hosts/{host['id']}/tariff", json=tariff).raise_for_status()
    return {
        "host_id": host["id"],
        "account_id": owner["id"],
        "plan_id": plan["id"],
        "subscriber_id": subscriber["id"],
        "router_id": router["id"],
        "command_id": command["id"],
    }


def _bill(admin: httpx.Client, host_id: str, database_url: str) -> dict[str, str]:
    run = _post(admin, "/invoices/run", {"period": "2026-01"})
    asyncio.run(_carry_out_runs(database_url))
    invoices = admin.get("/invoices", params={"host_id": host_id}).raise_for_status().json()["items"]
    return {"run_id": run["id"], "invoice_id": invoices[0]["id"]}


async def _carry_out_runs(database_url: str) -> None:
    """What the worker does about runs that are ordered."""
    database = Database(database_url)
    await Biller(database, SystemClock()).carry_out_runs()
    await database.close()


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, json=body).raise_for_status().json()


@cache
def _operations() -> list[Any]:
    """What the document has, less what never ends; all apps have the same."""
    found = []
    for result in schemathesis.openapi.from_dict(bare_app().openapi()).get_all_operations():
        operation = result.ok() if isinstance(result, Ok) else None
        assert operation is not None, result
        if _ENDLESS not in str(operation.definition.raw.get("responses", {}).get("200", "")):
            found.append(operation)
    return found


@cache
def _cases(place: int, mode: GenerationMode) -> Any:
    """To be drawn from; costly to make."""
    return _operations()[place].as_strategy(generation_mode=mode)


def fuzz(
    served: Served, client: httpx.Client, ids: dict[str, str], *, examples: int, modes: Iterable[GenerationMode]
) -> Counter[str]:
    """So many generated requests of each operation, fitting and not; how many were sent, by answer's status class."""
    sent: Counter[str] = Counter()
    failures: list[BaseException] = []
    # A token of no session: one of the operations signs out.
    account_id = UUID(client.get("/auth/me").raise_for_status().json()["id"])
    headers = {"Authorization": f"Bearer {served.app.state.access_tokens.issue(account_id)}"}
    for place in range(len(_operations())):
        for mode in modes:
            try:
                _try_operation(place, mode, served.url, headers, ids, examples, sent)
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - all of them are told together below
                failures.append(error)
    if failures:
        raise AssertionError("\n\n".join(str(failure) for failure in failures))
    return sent


def _try_operation(
    place: int,
    mode: GenerationMode,
    url: str,
    headers: dict[str, str],
    ids: dict[str, str],
    examples: int,
    sent: Counter[str],
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_cases(place, mode))
    def attempt(case: Any) -> None:
        sent["cases"] += 1
        if mode is GenerationMode.POSITIVE:
            case.path_parameters = {**(case.path_parameters or {}), **_known(case.path_parameters, ids)}
        answer = case.call(base_url=url, headers=headers, timeout=60)
        sent[f"{answer.status_code // 100}xx"] += 1
        case.validate_response(answer, checks=_CHECKS)

    try:
        attempt()
    except Exception as error:
        if "Unsatisfiable" not in type(error).__name__:  # nothing to negate: an operation without parameters
            raise


def _known(parameters: dict[str, Any] | None, ids: dict[str, str]) -> dict[str, str]:
    return {name: ids[name] for name in parameters or {} if name in ids}
