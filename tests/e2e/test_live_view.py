"""Live view with the real agent: a sample each second, in a browser's event stream within a second, and it ends by itself."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from tests.e2e.installation import Api, Installation, eventually
from tests.e2e.router import Router

WATCHED_S = 8


def samples_of(api: Api, router_id: str, until_s: float) -> Iterator[tuple[dict[str, Any], float]]:
    """The samples the router's event stream shows, each with how many seconds ago it was taken."""
    with api.stream(f"/routers/{router_id}/live/stream") as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                sample = json.loads(line.removeprefix("data: "))["latest_sample"]
                if sample is not None:
                    yield sample, time.time() - datetime.fromisoformat(sample["taken_at"]).timestamp()
            if time.monotonic() > until_s:
                return


def test_samples_come_each_second_and_are_seen_at_once(
    installation: Installation, admin: Api, new_router: Callable[..., Router]
) -> None:
    venue = admin.post("/hosts", {"name": "Live", "timezone": "Europe/Vienna", "currency": "EUR"})
    created = admin.post("/routers", {"name": "Bar", "host_id": venue["id"], "nas_kind": "agent", "address": None})
    router = new_router("live")
    router.run("enroll", installation.https_url, given=f"{created['enrolment_code']}\n")
    router.start()
    eventually("the router is online", lambda: admin.get(f"/routers/{created['id']}")["online"], within_s=60)
    admin.post(f"/routers/{created['id']}/live", {"seconds": WATCHED_S}, expect=202)
    seen = list(samples_of(admin, created["id"], time.monotonic() + WATCHED_S))
    moments = sorted({datetime.fromisoformat(sample["taken_at"]) for sample, _ in seen})
    steps_s = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    assert len([step_s for step_s in steps_s if 0.5 <= step_s <= 1.5]) >= 3, steps_s
    ages_s = sorted(age_s for _, age_s in seen[-5:])
    assert ages_s[len(ages_s) // 2] < 4, ages_s  # of one second that is meant: this machine may be busy
    eventually("live view has ended", lambda: is_quiet(admin, created["id"]), within_s=60)


def is_quiet(admin: Api, router_id: str) -> bool:
    """Whether no sample comes for three seconds."""
    before = admin.get(f"/routers/{router_id}")["latest_sample"]["taken_at"]
    time.sleep(3)
    return bool(admin.get(f"/routers/{router_id}")["latest_sample"]["taken_at"] == before)
