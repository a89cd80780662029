"""The FastAPI application: what is shared by all requests, and the capabilities' routes."""

import ssl
from collections.abc import AsyncIterator
from functools import partial

from fastapi import APIRouter, Depends, FastAPI, Request

import spotfi_cloud.access.endpoints
import spotfi_cloud.alerts.endpoints
import spotfi_cloud.billing.endpoints
import spotfi_cloud.hosts.endpoints
import spotfi_cloud.hosts.logo_endpoints
import spotfi_cloud.identity.endpoints
import spotfi_cloud.plans.endpoints
import spotfi_cloud.portal.endpoints
import spotfi_cloud.quotas.endpoints
import spotfi_cloud.routers.endpoints
import spotfi_cloud.sessions.endpoints
import spotfi_cloud.sessions.usage_endpoints
import spotfi_cloud.subscribers.endpoints
import spotfi_cloud.telemetry.endpoints
from spotfi_cloud.billing.service.accounts import is_billed
from spotfi_cloud.entrypoints.api import dashboard, docs, health, installation, overview, personal_data, streams
from spotfi_cloud.entrypoints.api.auditing import begin_audit, end_audit, may_change
from spotfi_cloud.entrypoints.api.body_limit import BodyLimit
from spotfi_cloud.entrypoints.api.csv_export import CsvExport
from spotfi_cloud.entrypoints.api.deadline import Deadline
from spotfi_cloud.entrypoints.api.guest_pages import GuestPages, guest_unit_of_work
from spotfi_cloud.entrypoints.api.metrics import RequestMetrics
from spotfi_cloud.entrypoints.api.middleware import API_PREFIX, RequestLog, SecurityHeaders
from spotfi_cloud.entrypoints.api.mqtt_tunnel import add_tunnel
from spotfi_cloud.entrypoints.api.openapi import DESCRIPTION, Api, operation_id
from spotfi_cloud.entrypoints.api.problems import add_problem_handlers
from spotfi_cloud.entrypoints.api.terminals.serving import add_terminals
from spotfi_cloud.entrypoints.embedded.certificates import issue_client_certificate
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.used_bytes import used_bytes
from spotfi_cloud.identity.principal_cache import PrincipalCache
from spotfi_cloud.identity.tokens import AccessTokens
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import SpotFiError
from spotfi_cloud.routers.reach import RouterReach
from spotfi_cloud.storage.database import Database

CAPABILITIES: tuple[APIRouter, ...] = (
    spotfi_cloud.identity.endpoints.router,
    spotfi_cloud.hosts.endpoints.router,
    spotfi_cloud.hosts.logo_endpoints.router,
    spotfi_cloud.plans.endpoints.router,
    spotfi_cloud.subscribers.endpoints.router,
    spotfi_cloud.routers.endpoints.router,
    spotfi_cloud.telemetry.endpoints.router,
    spotfi_cloud.sessions.endpoints.router,
    spotfi_cloud.sessions.usage_endpoints.router,
    spotfi_cloud.quotas.endpoints.router,
    spotfi_cloud.access.endpoints.router,
    spotfi_cloud.billing.endpoints.router,
    spotfi_cloud.alerts.endpoints.router,
    streams.router,
    overview.router,
    installation.router,
    personal_data.router,
    personal_data.hosts_router,
)


async def _unit_of_work(request: Request) -> AsyncIterator[None]:
    """One transaction per request; committed before the response leaves, rolled back when anything raises.

    Except by an error that says its work is to be kept: then committed as well.
    """
    database: Database = request.app.state.database
    kept: SpotFiError | None = None
    async with database.unit_of_work() as session:
        request.state.session = session
        await begin_audit(request, session)
        try:
            yield
        except SpotFiError as error:
            if not error.keeps_work:
                raise
            kept = error
        await end_audit(request, session)
    if may_change(request):
        request.app.state.principals.drop()
    if kept is not None:
        raise kept


def bare_app() -> Api:
    """Every route and nothing behind them: enough for the OpenAPI document."""
    app = Api(
        title="SpotFi",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,
    )
    for router in (health.router, docs.router, dashboard.router):
        app.include_router(router)
    for router in CAPABILITIES:
        app.include_router(router, prefix=API_PREFIX, dependencies=[Depends(_unit_of_work, scope="function")])
    guests = [Depends(guest_unit_of_work, scope="function")]
    app.include_router(spotfi_cloud.portal.endpoints.router, dependencies=guests)
    return app


def create_app(settings: Settings, database: Database, clock: Clock, *, ca_pem: str) -> FastAPI:
    """The application of one installation. `ca_pem`: certificate of the CA its routers are to trust."""
    app = bare_app()
    _provide(app, settings, database, clock, ca_pem)
    add_tunnel(app, settings)
    add_terminals(app, settings, database, clock)
    add_problem_handlers(app)
    for middleware in (CsvExport, Deadline, BodyLimit, GuestPages, SecurityHeaders):
        app.add_middleware(middleware)
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    return app


def _provide(app: FastAPI, settings: Settings, database: Database, clock: Clock, ca_pem: str) -> None:
    """Put what endpoints need where they find it: `request.app.state`."""
    secret_key = settings.require_secret_key()
    app.state.settings = settings
    app.state.database, app.state.clock, app.state.secret_key = database, clock, secret_key
    app.state.access_tokens = AccessTokens(secret_key, clock)
    app.state.principals = PrincipalCache()
    app.state.metrics = RequestMetrics()
    app.state.sends_mail = settings.smtp_url is not None
    app.state.timezone = settings.timezone
    app.state.webhook_allow_private = settings.webhook_allow_private
    app.state.map_tiles_url = settings.map_tiles_url
    app.state.used_bytes, app.state.is_billed = used_bytes, is_billed
    app.state.public_url = settings.public_url
    app.state.reach = _router_reach(settings)
    app.state.mqtt_url = settings.mqtt_url
    app.state.packages_dir = settings.packages_dir
    app.state.radsec_issuer = partial(issue_client_certificate, settings)
    app.state.ca_pem, app.state.ca_der = ca_pem, ssl.PEM_cert_to_DER_cert(ca_pem)


def _router_reach(settings: Settings) -> RouterReach:
    given = settings.model_fields_set
    return RouterReach(
        mqtt_host=settings.public_mqtt_host if given & {"public_url", "public_mqtt_host"} else None,
        mqtt_port=settings.public_mqtt_port,
        websocket_url=settings.websocket_url if "public_url" in given else None,
        https_port=settings.https_port,
    )
