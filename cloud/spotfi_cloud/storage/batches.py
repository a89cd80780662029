"""Statements of the batched hot paths: several in one round trip, over libpq itself.

The driver's cursors and pipelines take a millisecond per batch for what they can do and these paths do not need: any type of
value, any number of statements, contexts within contexts. Here parameters and results are octets, each statement is prepared
once per connection, and whoever sends several waits once for all of them.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGconn, PGresult

_PREPARED: "WeakKeyDictionary[psycopg.AsyncConnection, set[bytes]]" = WeakKeyDictionary()
_FAILED = frozenset({pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED})
_NOTHING: tuple[()] = ()


class Statement:
    """One statement with `$1`… for values, which are given as text in UTF-8; its results come in binary form."""

    __slots__ = ("name", "sql")

    def __init__(self, sql: str) -> None:
        self.sql = sql.encode()
        self.name = b"spotfi_" + hashlib.sha256(self.sql).hexdigest()[:24].encode()


Call = tuple[Statement, Sequence[bytes]]
Rows = list[tuple[Any, ...]]

_BEGIN, _COMMIT, _ROLLBACK = Statement("BEGIN"), Statement("COMMIT"), Statement("ROLLBACK")


def array(elements: Iterable[str]) -> bytes:
    """An array parameter. Elements that are not plain words or numbers come quoted."""
    return b"{" + ",".join(elements).encode() + b"}"


def text_array(elements: Iterable[str]) -> bytes:
    """An array parameter of any texts without NUL."""
    return array('"' + each.replace("\\", r"\\").replace('"', r"\"") + '"' for each in elements)


class Transaction:
    """One transaction, begun with its first statement. Made by `transaction`."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection
        self._begun = False

    async def run(self, calls: Sequence[Call]) -> list[Rows]:
        """As `run_together`, in the transaction."""
        if self._begun or not calls:
            return await run_together(self._connection, calls)
        self._begun = True
        return (await run_together(self._connection, [(_BEGIN, _NOTHING), *calls]))[1:]

    async def connection(self) -> psycopg.AsyncConnection:
        """For statements that are seldom needed: the connection, in the transaction."""
        if not self._begun:
            self._begun = True
            await run_together(self._connection, [(_BEGIN, _NOTHING)])
        return self._connection

    async def end(self, how: Statement) -> None:
        if self._begun and not self._connection.closed:
            await run_together(self._connection, [(how, _NOTHING)])


@asynccontextmanager
async def transaction(connection: psycopg.AsyncConnection) -> AsyncIterator[Transaction]:
    """Committed when the block ends, rolled back when it raises. The connection is in autocommit mode and outside any other."""
    batch = Transaction(connection)
    try:
        yield batch
    except Exception:
        await batch.end(_ROLLBACK)
        raise
    await batch.end(_COMMIT)


async def run_together(connection: psycopg.AsyncConnection, calls: Sequence[Call]) -> list[Rows]:
    """Send these statements at once; the rows of each, in order. psycopg's error of the first one that fails.

    Outside a transaction all of them are one. Whoever is cancelled meanwhile loses the connection.
    """
    if not calls:
        return []
    pgconn, prepared = connection.pgconn, _PREPARED.setdefault(connection, set())
    anew = list({statement.name: statement for statement, _ in calls if statement.name not in prepared}.values())
    try:
        _send(pgconn, calls, anew)
        results = await _receive(pgconn)
        pgconn.exit_pipeline_mode()
    except BaseException:
        pgconn.finish()  # what was under way on it is nobody's any more
        raise
    prepared.update(each.name for each, done in zip(anew, results, strict=False) if done.status not in _FAILED)
    for result in results:
        if result.status in _FAILED:
            raise psycopg.errors.error_from_result(result, connection.info.encoding)
    return [_rows(connection, result) for result in results[len(anew) :]]


def _rows(connection: psycopg.AsyncConnection, result: PGresult) -> Rows:
    if not result.ntuples:
        return []
    reading = Transformer(connection)
    reading.set_pgresult(result)
    return reading.load_rows(0, result.ntuples, tuple)


def _send(pgconn: PGconn, calls: Sequence[Call], anew: Sequence[Statement]) -> None:
    pgconn.enter_pipeline_mode()
    for statement in anew:
        pgconn.send_prepare(statement.name, statement.sql)
    for statement, values in calls:
        pgconn.send_query_prepared(statement.name, values, result_format=pq.Format.BINARY)
    pgconn.pipeline_sync()


async def _receive(pgconn: PGconn) -> list[PGresult]:
    """One result of each statement."""
    while pgconn.flush():
        await _ready(pgconn.socket, writable=True)
        pgconn.consume_input()  # a server that cannot get rid of its results takes nothing more in
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            await _ready(pgconn.socket)
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:  # the end of one statement's
            if pgconn.status != pq.ConnStatus.OK:
                raise psycopg.OperationalError(pgconn.get_error_message() or "the connection was lost")
            continue
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


async def _ready(descriptor: int, *, writable: bool = False) -> None:
    """Returns when there is something to read, or, with `writable`, when either is possible."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, _wake, done)
    if writable:
        loop.add_writer(descriptor, _wake, done)
    try:
        await done
    finally:
        loop.remove_reader(descriptor)
        if writable:
            loop.remove_writer(descriptor)


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
