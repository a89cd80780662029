"""The whole road once: from an empty installation to an enrolled router, a guest cut off at the quota, and an invoice."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.e2e.installation import Api, Installation, eventually
from tests.e2e.radius import Nas
from tests.e2e.router import Router
from tests.midday import midday_zone

MEGABYTE = 1_000_000


def test_the_whole_road(
    installation: Installation,
    admin: Api,
    new_router: Callable[..., Router],
    new_nas: Callable[[str, str], Nas],
) -> None:
    venue = admin.post("/hosts", {"name": "Café Central", "timezone": midday_zone(), "currency": "EUR"})
    agent_router, router_id, agent_nas = enrol(installation, admin, new_router, new_nas, venue)
    telemetry_shows_the_machine(admin, router_id)
    logs_come_back(admin, router_id)
    reboot_is_reported_by_the_new_boot(admin, agent_router, router_id)
    plain_nas, plain_id = add_plain_nas(admin, new_nas, venue)
    guest = sign_up(admin, venue)
    guest_is_cut_off_at_the_quota(admin, guest, agent_router, agent_nas, plain_nas)
    usage_is_shown_per_router(admin, guest, router_id, plain_id)
    invoice_equals_the_ledger(admin, venue, router_id, plain_id)
    hosts_see_only_their_own(installation, admin, venue, router_id)
    offline_within_30_s(admin, agent_router, router_id)


def enrol(
    installation: Installation,
    admin: Api,
    new_router: Callable[..., Router],
    new_nas: Callable[[str, str], Nas],
    venue: dict[str, Any],
) -> tuple[Router, str, Nas]:
    created = admin.post("/routers", {"name": "Bar", "host_id": venue["id"], "nas_kind": "agent", "address": None})
    router = new_router("bar")
    code = created["enrolment_code"]
    router.run("enroll", installation.https_url, given=f"{code}\n")
    spare = new_router("spare")
    assert "used" in spare.run("enroll", installation.https_url, given=f"{code}\n", expect=5)
    router.start()
    eventually("the router is online", lambda: admin.get(f"/routers/{created['id']}")["online"], within_s=60)
    return router, created["id"], new_nas(created["nas_identifier"], created["radius_secret"])


def telemetry_shows_the_machine(admin: Api, router_id: str) -> None:
    admin.patch(f"/routers/{router_id}", {"interval_s": 1})
    begin = datetime.now(UTC) - timedelta(minutes=1)

    def rates() -> Any:
        span: dict[str, Any] = {"from": begin.isoformat(), "to": (begin + timedelta(hours=1)).isoformat(), "step": 1}
        series = admin.get(f"/routers/{router_id}/telemetry", **span)
        points = series["points"]
        return [point for point in points if point["interfaces"].get("lo", {}).get("rx_bps") is not None]

    points = eventually("a series with throughput", rates, within_s=60)
    assert any(point["interfaces"]["lo"]["rx_bps"] > 0 for point in points)
    latest = admin.get(f"/routers/{router_id}")["latest_sample"]
    assert 0 < latest["memory_available_bytes"] < latest["memory_total_bytes"]
    assert latest["uptime_s"] > 0
    assert len(latest["load"]) == 3


def finished(admin: Api, command_id: str, *, within_s: float = 90) -> Any:
    def look() -> Any:
        command = admin.get(f"/commands/{command_id}")
        return command if command["state"] not in {"queued", "sent", "accepted"} else None

    return eventually("the command ends", look, within_s=within_s)


def logs_come_back(admin: Api, router_id: str) -> None:
    accepted = admin.post(f"/routers/{router_id}/commands", {"kind": "logs", "args": {}, "deadline_s": 60}, expect=202)
    command = finished(admin, accepted["id"])
    assert command["state"] == "succeeded", command
    assert len(admin.content(f"/commands/{accepted['id']}/output")) == command["result"]["bytes"]


def reboot_is_reported_by_the_new_boot(admin: Api, router: Router, router_id: str) -> None:
    body = {"kind": "reboot", "args": {}, "deadline_s": 120}
    key = str(uuid.uuid4())
    accepted = admin.post(f"/routers/{router_id}/commands", body, expect=202, **{"Idempotency-Key": key})
    again = admin.post(f"/routers/{router_id}/commands", body, expect=202, **{"Idempotency-Key": key})
    assert again["id"] == accepted["id"]
    eventually("the reboot command ran", router.reboots_path.exists, within_s=60)
    assert admin.get(f"/commands/{accepted['id']}")["state"] in {"sent", "accepted"}
    router.kill()
    router.reboots_path.unlink()
    router.new_boot()
    router.start()
    assert finished(admin, accepted["id"])["state"] == "succeeded"
    assert not router.reboots_path.exists()


def add_plain_nas(admin: Api, new_nas: Callable[[str, str], Nas], venue: dict[str, Any]) -> tuple[Nas, str]:
    created = admin.post(
        "/routers", {"name": "Garden", "host_id": venue["id"], "nas_kind": "mikrotik", "address": "127.0.0.1"}
    )
    nas = new_nas(created["nas_identifier"], created["radius_secret"])
    admin.patch(f"/routers/{created['id']}", {"coa_port": nas.coa_port})
    return nas, created["id"]


def sign_up(admin: Api, venue: dict[str, Any]) -> dict[str, Any]:
    plan = admin.post(
        "/plans",
        {
            "name": "500 MB a month",
            "quota_bytes": 500 * MEGABYTE,
            "period": "month",
            "session_timeout_s": 3600,
            "idle_timeout_s": 600,
            "rate_up_bps": 2_000_000,
            "rate_down_bps": 10_000_000,
            "max_sessions": 3,
            "price_minor": 500,
            "currency": "EUR",
        },
    )
    subscriber: dict[str, Any] = admin.post(
        "/subscribers",
        {"username": "ada@road", "password": "correct horse", "plan_id": plan["id"], "host_id": venue["id"]},
    )
    return subscriber


def guest_is_cut_off_at_the_quota(
    admin: Api, guest: dict[str, Any], router: Router, behind_agent: Nas, plain: Nas
) -> None:
    assert "Reply-Message" in plain.log_in("ada@road", "wrong")
    for nas in (behind_agent, plain):
        accept = nas.log_in("ada@road", "correct horse")
        assert accept["code"] == "Access-Accept"
        assert accept["Session-Timeout"] == "3600"
        assert int(accept["Acct-Interim-Interval"]) >= 60
        nas.account("Start", "ada@road", f"{nas.identifier}-1")
    first, second = f"{behind_agent.identifier}-1", f"{plain.identifier}-1"
    behind_agent.account("Interim-Update", "ada@road", first, up_bytes=100 * MEGABYTE, session_time_s=60)
    behind_agent.account("Interim-Update", "ada@road", first, up_bytes=100 * MEGABYTE, session_time_s=60)
    behind_agent.account("Interim-Update", "ada@road", first, up_bytes=50 * MEGABYTE, session_time_s=30)
    usage = admin.get(f"/subscribers/{guest['id']}/usage")
    assert (usage["used_bytes"], usage["remaining_bytes"]) == (100 * MEGABYTE, 400 * MEGABYTE)
    plain.account("Interim-Update", "ada@road", second, down_bytes=400 * MEGABYTE, session_time_s=60)
    eventually("the NAS is told to disconnect", lambda: second in plain.disconnected, within_s=20)
    eventually("the agent kicks", (router.kicks / first).exists, within_s=60)
    open_sessions = admin.get("/sessions", open=True, subscriber_id=guest["id"])["items"]
    assert {session["acct_session_id"] for session in open_sessions} == {first, second}
    behind_agent.account("Stop", "ada@road", first, up_bytes=101 * MEGABYTE, session_time_s=61)
    plain.account("Stop", "ada@road", second, down_bytes=401 * MEGABYTE, session_time_s=61)
    assert admin.get("/sessions", open=True, subscriber_id=guest["id"])["items"] == []
    refused = plain.log_in("ada@road", "correct horse")
    assert refused["code"] == "Access-Reject"
    assert "used up" in refused["Reply-Message"]


def usage_is_shown_per_router(admin: Api, guest: dict[str, Any], agent_router_id: str, plain_id: str) -> None:
    usage = admin.get(f"/subscribers/{guest['id']}/usage")
    by_router = {row["router_id"]: (row["up_bytes"], row["down_bytes"]) for row in usage["by_router"]}
    assert by_router == {agent_router_id: (101 * MEGABYTE, 0), plain_id: (0, 401 * MEGABYTE)}
    assert usage["used_bytes"] == 502 * MEGABYTE
    assert usage["remaining_bytes"] == 0


def invoice_equals_the_ledger(admin: Api, venue: dict[str, Any], agent_router_id: str, plain_id: str) -> None:
    tariff = {
        "valid_from": "2026-01",
        "base_fee_minor": 1000,
        "price_per_gb_minor": 333,
        "included_bytes": 0,
        "tax_rate_percent": "20",
    }
    admin.put(f"/hosts/{venue['id']}/tariff", tariff)
    period = {"period": datetime.now(ZoneInfo(venue["timezone"])).strftime("%Y-%m")}
    (invoice,) = run_month(admin, venue, period)
    assert run_month(admin, venue, period) == [invoice]
    bytes_of = {
        line["router_id"]: (line["up_bytes"], line["down_bytes"]) for line in invoice["lines"] if line["router_id"]
    }
    assert bytes_of == {agent_router_id: (101 * MEGABYTE, 0), plain_id: (0, 401 * MEGABYTE)}
    assert sum(line["amount_minor"] for line in invoice["lines"]) == invoice["subtotal_minor"]
    assert invoice["subtotal_minor"] + invoice["tax_minor"] == invoice["total_minor"]
    assert admin.content(f"/invoices/{invoice['id']}/pdf").startswith(b"%PDF")


def run_month(admin: Api, venue: dict[str, Any], period: dict[str, str]) -> list[dict[str, Any]]:
    """The venue's invoices once the worker has carried out the run of a month."""
    run = admin.post("/invoices/run", period, expect=202)
    eventually("the month is billed", lambda: admin.get(f"/invoices/runs/{run['id']}")["state"] == "done", within_s=60)
    return [admin.get(f"/invoices/{row['id']}") for row in admin.get("/invoices", host_id=venue["id"])["items"]]


def hosts_see_only_their_own(installation: Installation, admin: Api, venue: dict[str, Any], router_id: str) -> None:
    other = admin.post("/hosts", {"name": "Hotel Post", "timezone": "Asia/Kathmandu", "currency": "NPR"})
    for host, email in ((venue, "owner@central.test"), (other, "owner@post.test")):
        admin.post("/staff", {"email": email, "password": "a long enough one", "role": "host", "host_id": host["id"]})
    owner = installation.sign_in("owner@central.test", "a long enough one")
    stranger = installation.sign_in("owner@post.test", "a long enough one")
    assert owner.get(f"/routers/{router_id}")["name"] == "Bar"
    owner.patch(f"/routers/{router_id}", {"name": "Bar, ground floor"})
    stranger.get(f"/routers/{router_id}", expect=404)
    stranger.patch(f"/routers/{router_id}", {"name": "mine"}, expect=404)
    stranger.post(f"/routers/{router_id}/commands", {"kind": "reboot", "args": {}, "deadline_s": 60}, expect=404)
    assert stranger.get("/routers")["items"] == []
    assert [host["id"] for host in owner.get("/hosts")["items"]] == [venue["id"]]


def offline_within_30_s(admin: Api, router: Router, router_id: str) -> None:
    router.kill()
    eventually("it shows offline", lambda: not admin.get(f"/routers/{router_id}")["online"], within_s=30)
    late = admin.post(f"/routers/{router_id}/commands", {"kind": "logs", "args": {}, "deadline_s": 3}, expect=202)
    assert finished(admin, late["id"])["state"] == "expired"
