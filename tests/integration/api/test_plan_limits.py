"""What plans limit, over HTTP: as it was given, refused where it means nothing, and in the usage of whoever has the plan."""

import asyncio

from tests.integration.api.conftest import Person, Town, plan_body
from tests.integration.api.test_sessions_usage import roaming_guest

LIMITS = {
    "quota_up_bytes": 600,
    "quota_down_bytes": 2000,
    "quota_s": 7200,
    "session_quota_bytes": 500,
    "at_limit": "throttle",
    "throttle_up_bps": 64_000,
    "throttle_down_bps": None,
    "warn_at_percent": [50, 100],
    "rollover_percent": 25,
    "rollover_max_bytes": 10_000,
}


async def test_a_plans_limits_are_kept_as_given_and_default_to_an_end(town: Town) -> None:
    owner = await town.move_in("Café")
    plan = await owner.post("/plans", plan_body(**LIMITS))
    assert {name: plan[name] for name in LIMITS} == LIMITS
    plain = await owner.post("/plans", plan_body())
    assert (plain["at_limit"], plain["warn_at_percent"], plain["rollover_percent"]) == ("end", [80, 100], 0)
    again = await owner.patch(f"/plans/{plain['id']}", {"warn_at_percent": [90, 10, 90], "quota_s": 60})
    assert (again["warn_at_percent"], again["quota_s"]) == ([10, 90], 60)


async def test_what_means_nothing_is_refused_with_its_field(town: Town) -> None:
    owner = await town.move_in("Café")
    refused = await owner.post("/plans", plan_body(at_limit="throttle"), expect=422)
    assert refused["errors"][0]["field"] == "throttle_down_bps"
    refused = await owner.post("/plans", plan_body(quota_bytes=None, rollover_percent=10), expect=422)
    assert refused["errors"][0]["field"] == "rollover_percent"
    plan = await owner.post("/plans", plan_body(**LIMITS))
    await owner.patch(f"/plans/{plan['id']}", {"throttle_up_bps": None}, expect=422)
    await owner.patch(f"/plans/{plan['id']}", {"warn_at_percent": [0]}, expect=422)


async def test_usage_tells_each_quota_and_whether_sessions_are_throttled(town: Town, database_url: str) -> None:
    home, other = await town.move_in("Café"), await town.move_in("Hotel")
    guest, subscriber, (bar, _) = await roaming_guest(home, other, database_url)
    await home.patch(f"/plans/{subscriber['plan_id']}", LIMITS)
    await guest.use(bar, 400)
    usage = await home.get(f"/subscribers/{subscriber['id']}/usage")
    assert (usage["used_up_bytes"], usage["remaining_up_bytes"], usage["remaining_down_bytes"]) == (400, 200, 2000)
    assert (usage["quota_s"], usage["used_s"], usage["remaining_s"]) == (7200, 60, 7140)
    assert (usage["at_limit"], usage["throttled"]) == ("throttle", False)
    await guest.use(bar, 600)
    assert (await home.get(f"/subscribers/{subscriber['id']}/usage"))["throttled"] is True


async def test_who_makes_another_plan_the_default_at_the_same_instant_is_told_so(admin: Person) -> None:
    plans = [await admin.post("/plans", plan_body(name=name)) for name in "ABCD"]
    paths = [f"/api/v1/plans/{plan['id']}" for plan in plans]
    for _ in range(3):
        answers = await asyncio.gather(*(admin.client.patch(path, json={"is_default": True}) for path in paths))
        statuses = {answer.status_code for answer in answers}
        assert 200 in statuses
        assert statuses <= {200, 409}, [answer.text for answer in answers]
        listed = (await admin.get("/plans"))["items"]
        assert len([plan for plan in listed if plan["is_default"]]) == 1
