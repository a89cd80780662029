"""How this installation is set up: what the dashboard's settings page shows, and where each thing is changed.

Read-only: settings are `SPOTFI_…` variables of the processes (entrypoints/settings.py), so a request cannot change them. Of a
secret is said whether it is set, and nothing else.
"""

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.access.service import ATTEMPTS_KEPT
from spotfi_cloud.entrypoints.api.health import current_revision, newest_revision
from spotfi_cloud.entrypoints.settings import CONFIDENTIAL, Settings, variable_of
from spotfi_cloud.entrypoints.worker.events import EVENTS_KEPT
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.identity.service.sessions import SESSION_LIFE
from spotfi_cloud.identity.tokens import ACCESS_TOKEN_LIFE
from spotfi_cloud.routers.service.dispatch import OUTPUT_KEPT
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.telemetry import rules as telemetry

router = APIRouter(tags=["settings"], dependencies=[can(Area.SETTINGS)])
_ROLES = text(
    "SELECT application_name, count(*), min(backend_start) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE 'spotfi-%' GROUP BY 1 ORDER BY 1"
)
_KEPT = {
    "telemetry_samples": telemetry.KEPT,
    "telemetry_five_minutes": telemetry.FIVE_MINUTES_KEPT,
    "telemetry_hours_and_days": telemetry.ROLLUPS_KEPT,
    "login_attempts": ATTEMPTS_KEPT,
    "command_output": OUTPUT_KEPT,
    "events": EVENTS_KEPT,
    "unused_sign_ins": SESSION_LIFE,
    "access_tokens": ACCESS_TOKEN_LIFE,
}


class DatabaseOut(BaseModel):
    """The database as the API sees it."""

    postgresql: str = Field(description="The server's version.", examples=["15.9"])
    size_bytes: int
    migration: str | None = Field(description="The migration its schema is at.", examples=["0029_billing_letters"])
    newest_migration: str | None = Field(description="The one this version needs; `spotfi db upgrade` goes there.")


class RoleOut(BaseModel):
    """A role of the platform that is connected to the database now."""

    role: str = Field(examples=["worker"])
    connections: int
    connected_since: datetime = Field(description="Of its oldest connection.")


class ReachOut(BaseModel):
    """How others reach the installation."""

    public_url: str
    mqtt: str = Field(description="Where routers connect to, `host:port` with TLS.", examples=["wifi.example.net:8883"])
    mqtt_websocket_url: str
    radius_auth_port: int
    radius_acct_port: int
    radsec_port: int | None = Field(description="Null: RADIUS over TLS is off.")


class MailOut(BaseModel):
    """Whether e-mail is sent, and who it is from."""

    sends: bool
    sender: str


class KeptOut(BaseModel):
    """How long something is kept. What is not listed is kept until somebody deletes it."""

    what: str = Field(examples=["login_attempts"])
    seconds: int


class VariableOut(BaseModel):
    """One setting, under the name of the variable that changes it."""

    variable: str = Field(examples=["SPOTFI_PUBLIC_URL"])
    value: str | None = Field(description="Null where nothing is set, and for secrets.")
    given: bool = Field(description="Set by who runs the installation, or by `spotfi up`; false: the default.")
    secret: bool = Field(description="Whether its value is shown nowhere.")


class SettingsOut(BaseModel):
    """How this installation is set up."""

    version: str = Field(examples=["0.1.0"])
    timezone: str = Field(description="Of what belongs to no host.")
    reach: ReachOut
    mail: MailOut
    billing_automatic: bool
    database: DatabaseOut
    roles: list[RoleOut]
    kept: list[KeptOut]
    variables: Annotated[
        list[VariableOut],
        Field(
            description="Every setting. They are the environment of SpotFi's processes: change it there, and restart."
        ),
    ]


@router.get("/settings")
async def get_settings(request: Request, session: RequestSession) -> SettingsOut:
    """How this installation is set up, and the variable that changes each thing. Admin only."""
    settings: Settings = request.app.state.settings
    return SettingsOut(
        version=version("spotfi-cloud"),
        timezone=settings.timezone,
        reach=_reach(settings),
        mail=MailOut(sends=settings.smtp_url is not None, sender=settings.mail_from),
        billing_automatic=settings.billing_automatic,
        database=await _database(session),
        roles=await _roles(session),
        kept=[KeptOut(what=what, seconds=kept // timedelta(seconds=1)) for what, kept in _KEPT.items()],
        variables=[_variable(settings, name) for name in Settings.model_fields],
    )


def _reach(settings: Settings) -> ReachOut:
    return ReachOut(
        public_url=settings.public_url,
        mqtt=f"{settings.public_mqtt_host}:{settings.public_mqtt_port}",
        mqtt_websocket_url=settings.websocket_url,
        radius_auth_port=settings.radius_auth_port,
        radius_acct_port=settings.radius_acct_port,
        radsec_port=settings.radsec_port or None,
    )


async def _database(session: AsyncSession) -> DatabaseOut:
    asked = "SELECT current_setting('server_version'), pg_database_size(current_database())"
    name, size_bytes = (await session.execute(text(asked))).one()
    revision = await current_revision(session)
    return DatabaseOut(postgresql=name, size_bytes=size_bytes, migration=revision, newest_migration=newest_revision())


async def _roles(session: AsyncSession) -> list[RoleOut]:
    return [
        RoleOut(role=name.removeprefix("spotfi-"), connections=count, connected_since=since)
        for name, count, since in await session.execute(_ROLES)
    ]


def _variable(settings: Settings, name: str) -> VariableOut:
    value, secret = getattr(settings, name), name in CONFIDENTIAL
    return VariableOut(
        variable=variable_of(name),
        value=None if secret or value is None else _shown(value),
        given=name in settings.model_fields_set and value is not None,
        secret=secret,
    )


def _shown(value: object) -> str:
    """The value as it stands in the environment; of a URL what lies behind `user:password@`."""
    written = str(value).lower() if isinstance(value, bool) else str(value)
    if "://" not in written:
        return written
    parts = urlsplit(written)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
