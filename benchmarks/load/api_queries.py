"""Every list of the API with every order and filter it has, as the benchmark asks for them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

_SEARCHES = ("99", "9", "route", "plan 12", "no such")
"""What matches some rows, a tenth of them, all or none."""


def list_queries(client: httpx.Client) -> list[tuple[str, dict[str, Any]]]:
    """(path, query) of every list with every order and filter it has; the values are those of rows in the middle."""

    def middle(path: str, **query: Any) -> Any:
        first = client.get(path, params={"limit": 200, **query}).json()
        return client.get(path, params={"limit": 200, "cursor": first["next"], **query}).json()["items"][100]

    guest, router, host = middle("/subscribers"), middle("/routers"), client.get("/hosts").json()["items"][20]["id"]
    with_commands = min(client.get("/routers", params={"limit": 200}).json()["items"], key=lambda row: row["id"])
    found: list[tuple[str, dict[str, Any]]] = [("/hosts", {}), ("/hosts", {"search": "7"})]
    for sort in ("-created_at", "created_at", "name", "-name"):
        found += [
            ("/plans", {"sort": sort}),
            ("/routers", {"sort": sort}),
            ("/routers", {"sort": sort, "host_id": host}),
        ]
    for sort in ("-created_at", "username"):
        found += [("/subscribers", {"sort": sort, **wanted}) for wanted in _guest_filters(guest)]
    for path in ("/routers", "/plans"):
        found += [(path, {"search": text, "sort": sort}) for text in _SEARCHES for sort in ("-created_at", "name")]
    found += [("/routers", {"online": False}), ("/routers", {"online": True})]
    for wanted in ({}, {"open": True}, {"open": False}, {"host_id": host}, {"router_id": router["id"]}):
        found += [("/sessions", {"sort": sort, **wanted}) for sort in ("id", "-id")]
    found += [
        ("/sessions", {"subscriber_id": guest["id"]}),
        ("/sessions", {"subscriber_id": guest["id"], "open": True}),
    ]
    found += [
        ("/invoices", wanted) for wanted in ({}, {"sort": "-total_minor"}, {"host_id": host}, {"period": "2030-05"})
    ]
    found += _filters_of_logs(router, host)
    found += [("/invoices", {"status": "issued"}), (f"/routers/{with_commands['id']}/commands", {})]
    return found


def _filters_of_logs(router: dict[str, Any], host: str) -> list[tuple[str, dict[str, Any]]]:
    """Payments, alerts, login attempts and the audit log: by what they are about, by time, and by what is rare among them."""
    far, long_ago = {"since": "2100-01-01T00:00:00Z"}, {"until": "2000-01-01T00:00:00Z"}
    middle = (datetime.now(UTC) - timedelta(days=30)).isoformat()
    audit: list[dict[str, Any]] = [{}, {"sort": "at"}, far, long_ago, {"since": middle}, {"until": middle}]
    audit += [{"kind": "plans"}, {"kind": "plans", "until": middle}, {"kind": "hosts"}, {"subject_id": router["id"]}]
    alerts: list[dict[str, Any]] = [
        {},
        {"open": True},
        {"severity": "critical"},
        {"kind": "storage_high"},
        {"kind": "cpu_high"},
    ]
    alerts += [{"router_id": router["id"]}, {"host_id": host}, {"subject_id": router["id"]}]
    logins: list[dict[str, Any]] = [
        {},
        {"router_id": router["id"]},
        {"outcome": "accepted"},
        {"outcome": "quota_used_up"},
    ]
    logins += [{"outcome": "no such"}, {"username": "nobody"}]
    lists = {"/audit": audit, "/alerts": alerts, "/login-attempts": logins, "/payments": [{}, {"host_id": host}]}
    return [(path, query) for path, queries in lists.items() for query in queries]


def _guest_filters(guest: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {},
        {"username": guest["username"]},
        {"plan_id": guest["plan_id"]},
        {"host_id": guest["host_id"]},
        {"disabled": True},
        {"search": "guest99"},
        {"search": "nobody"},
        {"host_id": guest["host_id"], "search": "guest7"},
    ]
