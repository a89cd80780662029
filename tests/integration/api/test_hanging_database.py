"""A database that is slow, or says nothing at all, costs a request its answer and no more than seconds."""

import socket
import time

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database


async def test_a_statement_that_takes_too_long_ends(database_url: str) -> None:
    database = Database(database_url, statement_timeout_s=1)
    with pytest.raises(OperationalError, match="statement timeout"):
        async with database.unit_of_work() as session:
            await session.execute(text("SELECT pg_sleep(20)"))
    async with database.unit_of_work() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await database.close()


async def test_a_database_that_accepts_and_says_nothing_is_a_503(settings: Settings, clock: ManualClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        database = Database(f"postgresql://spotfi:x@127.0.0.1:{port}/spotfi", statement_timeout_s=1)
        app: FastAPI = create_app(settings, database, clock, ca_pem=settings.tls_ca_file.read_text())
        began = time.monotonic()
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://spotfi.test") as client:
            form = {"username": "a@b.test", "password": "wrong"}
            answer = await client.post("/api/v1/auth/token", data=form, timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
        assert time.monotonic() - began < 15
        await database.close()
