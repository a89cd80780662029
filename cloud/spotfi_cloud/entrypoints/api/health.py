"""Whether the api lives (`/healthz`), whether it can serve (`/readyz`), and its metrics (`/metrics`)."""

import asyncio
from functools import cache

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.api.metrics import RequestMetrics
from spotfi_cloud.kernel.errors import DependencyError
from spotfi_cloud.storage.database import Database

router = APIRouter(tags=["health"])
_PATIENCE_S = 3


class Status(BaseModel):
    """A process that is well."""

    status: str


class SchemaOutdatedError(DependencyError):
    """The database's schema is not the one this program was written for."""

    code = "schema_outdated"


@router.get("/healthz")
async def get_health() -> Status:
    """The process is alive."""
    return Status(status="alive")


@router.get("/readyz")
async def get_readiness(request: Request) -> Status:
    """The database is reachable and its schema current; a 503 problem document says what is missing."""
    database: Database = request.app.state.database
    try:
        async with asyncio.timeout(_PATIENCE_S):
            revision = await _revision_within(database)
    except TimeoutError as error:
        msg = f"The database did not answer within {_PATIENCE_S} s."
        raise DependencyError(msg) from error
    if revision != newest_revision():
        msg = f"The schema is at {revision or 'nothing'}, not at {newest_revision()}. Run `spotfi db upgrade`."
        raise SchemaOutdatedError(msg)
    return Status(status="ready")


async def _revision_within(database: Database) -> str | None:
    async with database.unit_of_work() as session:
        return await current_revision(session)


async def current_revision(session: AsyncSession) -> str | None:
    """The migration the schema is at; None for an empty database."""
    if await session.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


@cache
def newest_revision() -> str | None:
    """The migration this version of the program was written for."""
    return migrations.head()


@router.get("/metrics", response_class=Response)
async def get_metrics(request: Request) -> Response:
    """Metrics in the form Prometheus reads."""
    metrics: RequestMetrics = request.app.state.metrics
    return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)
