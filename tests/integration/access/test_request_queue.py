"""One request that the database cannot take must not take the others of its batch with it."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from spotfi_cloud.entrypoints.radius.duplicates import key_of
from spotfi_cloud.entrypoints.radius.intake import Intake, Request
from spotfi_cloud.entrypoints.radius.nas_directory import NasDirectory
from spotfi_cloud.entrypoints.radius.queue import RequestQueue
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import decode
from spotfi_cloud.routers.nas import Nas
from spotfi_cloud.storage.database import Database
from tests.integration.access.origins import MemoryOrigin
from tests.integration.access.radius_peer import accounting_request

NAS = Nas(UUID(int=1), UUID(int=2), "", NasKind.GENERIC, "sf-1", None, b"secret", False, 3799, False)


def request(number: int) -> Request:
    packet = decode(accounting_request(b"secret", number % 256, {Attr.ACCT_SESSION_TIME: number}))
    origin = MemoryOrigin()
    key = key_of(packet, origin.address, origin.port)
    return Request(packet, NAS, origin, key, datetime(2026, 11, 1, tzinfo=UTC), "", time.monotonic())


async def test_the_request_at_fault_is_found_and_the_others_are_answered(database: Database) -> None:
    answered: list[int] = []

    async def work(connection: psycopg.AsyncConnection, requests: Sequence[Request]) -> None:
        numbers = [request.packet.integer(Attr.ACCT_SESSION_TIME) or 0 for request in requests]
        async with connection.transaction():
            await connection.execute("SELECT 1 / (1 - count(*)) FROM unnest(%s::int[]) n WHERE n = 77", (numbers,))
        answered.extend(numbers)

    intake = Intake("test", Code.ACCOUNTING_REQUEST, NasDirectory(), SystemClock())
    queue = RequestQueue(database, intake, work)
    for number in range(1, 201):
        assert queue.put(request(number))
    running = asyncio.create_task(queue.run())
    await asyncio.wait_for(queue.drained(), 10)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert sorted(answered) == [number for number in range(1, 201) if number != 77]
    assert intake.tally.take() == {(NAS.router_id, "failed", False): 1}
