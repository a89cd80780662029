"""Every route of the app and whose it is, kept by hand: what the tests of tenancy go by. A new route goes in here."""

from typing import Any

from spotfi_cloud.identity.rules import PERMISSIONS, Area, Right, Role
from tests.integration.api.conftest import plan_body

PUBLIC = {
    "GET /",
    "GET /favicon.svg",
    "GET /assets/{name}",
    "GET /docs",
    "GET /docs/start.js",
    "GET /docs/{name}",
    "GET /openapi.json",
    "GET /portal/{key}",
    "GET /portal/{key}/",
    "POST /portal/{key}",
    "POST /portal/{key}/",
    "GET /portal/{key}/logo",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "POST /api/v1/auth/token",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/password-reset",
    "POST /api/v1/auth/password",
    "GET /api/v1/enrolment/ca",
    "POST /api/v1/enrolment",
}
"""Answered without a login."""

FILES = {"POST /api/v1/subscribers/import"}
"""Takes a file and makes things of it: for another host as little as `CREATES` (test_subscriber_import.py)."""

DEVICES = {"GET /api/v1/device/speed", "POST /api/v1/device/speed", "GET /api/v1/device/packages/{name:path}"}
"""Answered to a router's own key (tests/integration/fleet/test_device.py), and to no person."""

ANYONE = {
    "GET /api/v1/auth/me",
    "POST /api/v1/auth/logout",
    "GET /api/v1/auth/sessions",
    "DELETE /api/v1/auth/sessions/{session_id}",
    "POST /api/v1/auth/password/change",
    "POST /api/v1/auth/second-factor",
    "POST /api/v1/auth/second-factor/confirm",
    "POST /api/v1/auth/second-factor/remove",
    "GET /api/v1/auth/api-keys",
    "POST /api/v1/auth/api-keys",
    "DELETE /api/v1/auth/api-keys/{key_id}",
}
"""Needs a login, and touches nothing but the caller's own account."""

AREAS: dict[str, set[Area]] = {
    "/api/v1/settings": {Area.SETTINGS},
    "/api/v1/staff": {Area.STAFF},
    "/api/v1/audit": {Area.AUDIT},
    "POST /api/v1/hosts": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/suspend": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/resume": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/export": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/erase": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/alert-rules": {Area.ALERTS},
    "/api/v1/hosts/{host_id}/tariff": {Area.MONEY},
    "/api/v1/hosts/{host_id}/account": {Area.MONEY},
    "/api/v1/reports": {Area.MONEY},
    "/api/v1/hosts/{host_id}/billing-details": {Area.MONEY},
    "/api/v1/hosts/{host_id}/invoice-preview": {Area.MONEY},
    "GET /api/v1/billing/issuer/logo": {Area.MONEY, Area.SETTINGS},
    "/api/v1/billing": {Area.MONEY},
    "/api/v1/hosts": {Area.HOSTS},
    "/api/v1/invoices/runs": {Area.MONEY, Area.SETTINGS},
    "/api/v1/invoices": {Area.MONEY},
    "/api/v1/payments": {Area.MONEY},
    "/api/v1/plans": {Area.PLANS},
    "/api/v1/subscribers": {Area.GUESTS},
    "/api/v1/voucher-batches": {Area.GUESTS},
    "/api/v1/sessions": {Area.GUESTS},
    "/api/v1/login-attempts": {Area.GUESTS},
    "/api/v1/routers/{router_id}/terminals": {Area.TERMINALS},
    "/api/v1/routers": {Area.ROUTERS},
    "/api/v1/commands": {Area.ROUTERS},
    "/api/v1/events": {Area.ROUTERS},
    "/api/v1/overview": {Area.ROUTERS},
    "GET /api/v1/alert-rules": {Area.ALERTS},
    "/api/v1/alert-rules": {Area.ALERTS, Area.SETTINGS},
    "/api/v1/alert": {Area.ALERTS},
}
"""What a route asks permission for, by the first of these it begins with."""

ADMIN_ONLY = {
    "GET /api/v1/settings",
    "PUT /api/v1/alert-rules/{kind}",
    "DELETE /api/v1/alert-rules/{kind}",
    "GET /api/v1/audit",
    "GET /api/v1/staff",
    "POST /api/v1/staff",
    "GET /api/v1/staff/{account_id}",
    "PATCH /api/v1/staff/{account_id}",
    "DELETE /api/v1/staff/{account_id}/second-factor",
    "POST /api/v1/hosts",
    "POST /api/v1/hosts/{host_id}/suspend",
    "POST /api/v1/hosts/{host_id}/resume",
    "GET /api/v1/hosts/{host_id}/export",
    "POST /api/v1/hosts/{host_id}/erase",
    "PUT /api/v1/hosts/{host_id}/tariff",
    "DELETE /api/v1/hosts/{host_id}/tariffs/{valid_from}",
    "PUT /api/v1/hosts/{host_id}/billing-details",
    "PUT /api/v1/billing/issuer",
    "PUT /api/v1/billing/issuer/logo",
    "GET /api/v1/billing/issuer/logo",
    "DELETE /api/v1/billing/issuer/logo",
    "POST /api/v1/invoices/run",
    "GET /api/v1/invoices/runs/{run_id}",
    "POST /api/v1/invoices/{invoice_id}/payments",
    "POST /api/v1/invoices/{invoice_id}/credit-notes",
    "POST /api/v1/invoices/{invoice_id}/void",
    "POST /api/v1/invoices/{invoice_id}/send",
    "POST /api/v1/payments/{payment_id}/reverse",
}
"""A Host gets 403, whatever the id."""

STREAMS = {
    "GET /api/v1/events",
    "GET /api/v1/routers/{router_id}/live/stream",
    "GET /api/v1/commands/{command_id}/output/stream",
}
"""Answers that do not end: what they show to whom is tests/integration/api/test_streams.py's."""

LISTS = {
    "GET /api/v1/hosts",
    "GET /api/v1/plans",
    "GET /api/v1/subscribers",
    "GET /api/v1/voucher-batches",
    "GET /api/v1/routers",
    "GET /api/v1/routers/positions",
    "GET /api/v1/sessions",
    "GET /api/v1/login-attempts",
    "GET /api/v1/invoices",
    "GET /api/v1/payments",
    "GET /api/v1/reports/billing",
    "GET /api/v1/reports/receivables",
    "GET /api/v1/billing/issuer",
    "GET /api/v1/overview",
    "GET /api/v1/alerts",
    "GET /api/v1/alert-rules",
    "GET /api/v1/alert-channels",
}
"""Answered to a Host with nothing of another host."""

BELONGS_TO: dict[str, Any] = {
    "GET /api/v1/hosts/{host_id}": None,
    "PATCH /api/v1/hosts/{host_id}": {"name": "mine"},
    "GET /api/v1/hosts/{host_id}/logo": None,
    "PUT /api/v1/hosts/{host_id}/logo": None,
    "DELETE /api/v1/hosts/{host_id}/logo": None,
    "GET /api/v1/alerts/{alert_id}": None,
    "POST /api/v1/alerts/{alert_id}/acknowledge": {"note": "mine"},
    "GET /api/v1/hosts/{host_id}/alert-rules": None,
    "PUT /api/v1/hosts/{host_id}/alert-rules/{kind}": {"duration_s": 5},
    "DELETE /api/v1/hosts/{host_id}/alert-rules/{kind}": None,
    "GET /api/v1/alert-channels/{channel_id}": None,
    "PATCH /api/v1/alert-channels/{channel_id}": {"name": "mine"},
    "DELETE /api/v1/alert-channels/{channel_id}": None,
    "POST /api/v1/alert-channels/{channel_id}/test": None,
    "GET /api/v1/alert-channels/{channel_id}/deliveries": None,
    "GET /api/v1/plans/{plan_id}": None,
    "PATCH /api/v1/plans/{plan_id}": {"name": "mine"},
    "GET /api/v1/subscribers/{subscriber_id}": None,
    "PATCH /api/v1/subscribers/{subscriber_id}": {"password": "mine"},
    "DELETE /api/v1/subscribers/{subscriber_id}": None,
    "GET /api/v1/subscribers/{subscriber_id}/assignments": None,
    "POST /api/v1/subscribers/{subscriber_id}/assignments": {"plan_id": "0199a4c2-8d5e-7b3a-9c41-5f6e2d7a8b90"},
    "PATCH /api/v1/subscribers/{subscriber_id}/assignments/{assignment_id}": {"note": "mine"},
    "POST /api/v1/subscribers/{subscriber_id}/assignments/{assignment_id}/cancel": None,
    "GET /api/v1/subscribers/{subscriber_id}/top-ups": None,
    "POST /api/v1/subscribers/{subscriber_id}/top-ups": {"bytes": 1000},
    "GET /api/v1/voucher-batches/{batch_id}": None,
    "POST /api/v1/voucher-batches/{batch_id}/revoke": None,
    "GET /api/v1/voucher-batches/{batch_id}/vouchers": None,
    "GET /api/v1/voucher-batches/{batch_id}/pdf": None,
    "GET /api/v1/routers/{router_id}": None,
    "PATCH /api/v1/routers/{router_id}": {"name": "mine"},
    "DELETE /api/v1/routers/{router_id}": None,
    "POST /api/v1/routers/{router_id}/enrolment-code": None,
    "POST /api/v1/routers/{router_id}/revoke": None,
    "POST /api/v1/routers/{router_id}/reinstate": None,
    "POST /api/v1/routers/{router_id}/radius-secret": None,
    "GET /api/v1/routers/{router_id}/uam": None,
    "POST /api/v1/routers/{router_id}/uam-secret": None,
    "DELETE /api/v1/routers/{router_id}/uam-secret": None,
    "POST /api/v1/routers/{router_id}/radsec-certificate": None,
    "PUT /api/v1/routers/{router_id}/radsec-certificate": {"sha256": "ab" * 32},
    "DELETE /api/v1/routers/{router_id}/radsec-certificate": None,
    "GET /api/v1/routers/{router_id}/telemetry": None,
    "GET /api/v1/routers/{router_id}/radius": None,
    "GET /api/v1/routers/{router_id}/usage": None,
    "GET /api/v1/hosts/{host_id}/usage": None,
    "POST /api/v1/routers/{router_id}/commands": {"kind": "reboot", "args": {}, "deadline_s": 60},
    "GET /api/v1/routers/{router_id}/commands": None,
    "GET /api/v1/commands/{command_id}": None,
    "POST /api/v1/commands/{command_id}/cancel": None,
    "GET /api/v1/commands/{command_id}/output": None,
    "POST /api/v1/routers/{router_id}/live": {"seconds": 60},
    "POST /api/v1/routers/{router_id}/terminals": None,
    "GET /api/v1/routers/{router_id}/live/stream": None,
    "GET /api/v1/commands/{command_id}/output/stream": None,
    "GET /api/v1/sessions/{session_id}": None,
    "GET /api/v1/sessions/{session_id}/enforcement": None,
    "POST /api/v1/sessions/{session_id}/disconnect": None,
    "GET /api/v1/sessions/{session_id}/change": None,
    "POST /api/v1/sessions/{session_id}/change": None,
    "GET /api/v1/subscribers/{subscriber_id}/usage": None,
    "GET /api/v1/subscribers/{subscriber_id}/export": None,
    "POST /api/v1/subscribers/{subscriber_id}/erase": None,
    "GET /api/v1/hosts/{host_id}/tariff": None,
    "GET /api/v1/hosts/{host_id}/tariffs": None,
    "GET /api/v1/hosts/{host_id}/billing-details": None,
    "GET /api/v1/hosts/{host_id}/invoice-preview": None,
    "GET /api/v1/invoices/{invoice_id}/lines/{position}/evidence": None,
    "GET /api/v1/invoices/{invoice_id}": None,
    "GET /api/v1/payments/{payment_id}": None,
    "GET /api/v1/hosts/{host_id}/account": None,
    "GET /api/v1/invoices/{invoice_id}/letters": None,
    "GET /api/v1/invoices/{invoice_id}/pdf": None,
    "GET /api/v1/invoices/{invoice_id}/e-invoice": None,
}
"""What has an owner, with a body that fits: to another host it does not exist (404), and stays as it is."""

CREATES: dict[str, dict[str, Any]] = {
    "POST /api/v1/alert-channels": {"name": "On call", "kind": "email", "recipient": "noc@spotfi.test"},
    "POST /api/v1/plans": plan_body(),
    "POST /api/v1/subscribers": {"username": "eve", "password": "correct horse", "plan_id": "{plan_id}"},
    "POST /api/v1/voucher-batches": {"count": 1, "plan_id": "{plan_id}"},
    "POST /api/v1/routers": {"name": "Bar", "nas_kind": "generic", "address": "127.0.0.1"},
}
"""What a Host creates: with another host's id as `host_id` it is refused like one that does not exist."""


def areas_expected(route: str) -> set[Area]:
    path = route.split(" ", 1)[1]
    return next(
        (areas for prefix, areas in AREAS.items() if route.startswith(prefix) or path.startswith(prefix)), set()
    )


def permitted(role: Role, route: str) -> bool:
    right = Right.READ if route.startswith("GET") else Right.WRITE
    return all(right <= PERMISSIONS[role][area] for area in areas_expected(route))
