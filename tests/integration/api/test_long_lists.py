"""Lists that are long are read by an index, whatever they are filtered by; what is gathered first comes in pages too."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, plan_body

SOMETHING = "'00000000-0000-7000-8000-000000000000'"


@pytest.mark.parametrize("sort", ["name", "-name", "created_at", "-created_at"])
async def test_what_a_search_finds_comes_in_pages_there_and_back(admin: Person, sort: str) -> None:
    for number in range(9):
        await admin.post("/plans", plan_body(name=f"{'Gold' if number % 3 else 'Tin'} {number}"))
    query: dict[str, Any] = {"search": "gold", "sort": sort, "limit": 4}
    whole = [row["id"] for row in (await admin.get("/plans", search="gold", sort=sort))["items"]]
    first = await admin.get("/plans", **query)
    second = await admin.get("/plans", **query, cursor=first["next"])
    assert [row["id"] for page in (first, second) for row in page["items"]] == whole
    assert (len(whole), second["next"]) == (6, None)
    assert await admin.get("/plans", **query, cursor=second["prev"]) == first | {"prev": None}
    assert [row["id"] for row in (await admin.get("/plans", search="tin", ids=whole[0]))["items"]] == []


async def test_the_audit_log_is_read_by_time_from_either_end(admin: Person, clock: ManualClock) -> None:
    began = clock.now()
    for number in range(4):
        clock.advance(timedelta(minutes=1))
        await admin.post("/plans", plan_body(name=str(number)))
    span: dict[str, Any] = {
        "since": (began + timedelta(minutes=2)).isoformat(),
        "until": (began + timedelta(minutes=4)).isoformat(),
        "kind": "plans",
    }
    for sort, expected in (("at", ["1", "2"]), ("-at", ["2", "1"])):
        found = (await admin.get("/audit", **span, sort=sort))["items"]
        assert [entry["after"]["name"] for entry in found] == expected


@pytest.mark.parametrize(
    ("index", "statement"),
    [
        ("ix_audit_log_at", "audit_log WHERE at < now() ORDER BY at DESC, id DESC"),
        ("ix_audit_log_kind_at", "audit_log WHERE kind = 'plans' AND at >= now() ORDER BY at DESC, id DESC"),
        ("ix_login_attempts_router_id_id", f"login_attempts WHERE router_id = {SOMETHING} ORDER BY id DESC"),
        (
            "ix_login_attempts_refused",
            "login_attempts WHERE outcome = 'quota_used_up' AND outcome <> 'accepted' ORDER BY id DESC",
        ),
        ("ix_alerts_subject_id_raised_at", f"alerts WHERE subject_id = {SOMETHING} ORDER BY raised_at, id"),
    ],
)
async def test_an_index_answers_filter_and_order_at_once(database: Database, index: str, statement: str) -> None:
    async with database.unit_of_work() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"))
        plan = "\n".join(await session.scalars(text(f"EXPLAIN SELECT * FROM {statement} LIMIT 51")))
    assert index in plan
    assert "Sort" not in plan
