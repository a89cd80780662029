"""Statements sent together: one round trip, one transaction, psycopg's errors, and a connection that stays usable."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from spotfi_cloud.storage.batches import Statement, array, run_together, transaction
from spotfi_cloud.storage.database import Database

_ADD = Statement("INSERT INTO noted SELECT unnest($1::int[]) RETURNING n")
_COUNT = Statement("SELECT count(*) FROM noted")
_DIVIDE = Statement("SELECT 1 / $1::int")
_ECHO = Statement("SELECT $1::text")
_WAIT = Statement("SELECT pg_sleep(60)")


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[psycopg.AsyncConnection]:
    async with await database.connect_for_batches() as connection:
        await connection.execute("CREATE TEMP TABLE noted (n int)")
        yield connection


async def count(connection: psycopg.AsyncConnection) -> int:
    ((number,),) = (await run_together(connection, [(_COUNT, ())]))[0]
    assert isinstance(number, int)
    return number


async def test_each_statement_answers_with_its_own_rows(connection: psycopg.AsyncConnection) -> None:
    for _ in range(2):  # prepared by the first, known to the second
        answers = await run_together(connection, [(_ECHO, ("Käse".encode(),)), (_COUNT, ()), (_ECHO, (b"b",))])
        assert answers == [[("Käse",)], [(0,)], [("b",)]]
    assert await run_together(connection, []) == []


async def add_and_fail(connection: psycopg.AsyncConnection) -> None:
    async with transaction(connection) as batch:
        await batch.run([(_ADD, (array(["4"]),))])
        await batch.run([(_ECHO, (b"a",)), (_DIVIDE, (b"0",)), (_ADD, (array(["5"]),))])


async def add_and_raise(connection: psycopg.AsyncConnection) -> None:
    async with transaction(connection) as batch:
        await batch.run([(_ADD, (array(["1"]),))])
        raise LookupError


async def test_a_transaction_commits_all_or_nothing(connection: psycopg.AsyncConnection) -> None:
    async with transaction(connection) as batch:
        assert await batch.run([(_ADD, (array(["1", "2"]),))]) == [[(1,), (2,)]]
        await (await batch.connection()).execute("INSERT INTO noted VALUES (3)")
    assert await count(connection) == 3

    with pytest.raises(psycopg.errors.DivisionByZero):
        await add_and_fail(connection)
    assert await count(connection) == 3
    assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


async def test_whoever_raises_in_between_rolls_back(connection: psycopg.AsyncConnection) -> None:
    with pytest.raises(LookupError):
        await add_and_raise(connection)
    assert await count(connection) == 0


async def test_what_is_larger_than_any_buffer_gets_through(connection: psycopg.AsyncConnection) -> None:
    large = b"x" * 20_000_000

    answers = await run_together(connection, [(_ECHO, (large,)), (_ECHO, (large,))])

    assert [len(rows[0][0]) for rows in answers] == [len(large)] * 2


async def test_who_is_cancelled_leaves_no_connection_behind(connection: psycopg.AsyncConnection) -> None:
    waiting = asyncio.create_task(run_together(connection, [(_WAIT, ())]))
    await asyncio.sleep(0.05)

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert connection.closed


async def test_a_server_that_goes_away_is_an_operational_error(
    connection: psycopg.AsyncConnection, database: Database
) -> None:
    waiting = asyncio.create_task(run_together(connection, [(_WAIT, ())]))
    await asyncio.sleep(0.05)

    async with await database.connect() as other:
        await other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))

    with pytest.raises(psycopg.OperationalError):
        await waiting
    assert connection.closed
