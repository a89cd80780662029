"""Connections to PostgreSQL: SQLAlchemy for the many, plain psycopg for the hot paths. Only entrypoints commit."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

_CONNECT_TIMEOUT_S = 5
_BY_KEY = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off"


def _bound_statements(timeout_s: int) -> Callable[[Any, object], None]:
    def bound(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{timeout_s}s'")
        connection.commit()

    return bound


class Database:
    """One installation's database as one process sees it.

    A server that does not answer is an error after five seconds, and with `statement_timeout_s` so is a statement that takes
    longer than that.

    `url` is a libpq URL: `postgresql://user:password@host/name`, or `postgresql:///name?host=/socket/directory&user=…`.
    """

    def __init__(self, url: str, *, pool_size: int = 5, statement_timeout_s: int | None = None) -> None:
        self.url = url
        self._engine = create_async_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=5,
            pool_pre_ping=True,
            pool_timeout=_CONNECT_TIMEOUT_S,
            connect_args={"connect_timeout": _CONNECT_TIMEOUT_S},
        )
        if statement_timeout_s is not None:
            event.listen(self._engine.sync_engine, "connect", _bound_statements(statement_timeout_s))
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions() as session, session.begin():
            yield session

    async def connect(self) -> psycopg.AsyncConnection:
        """A connection of one's own, in autocommit mode: for LISTEN and for batched hot paths."""
        return await psycopg.AsyncConnection.connect(self.url, autocommit=True)

    async def connect_for_batches(self) -> psycopg.AsyncConnection:
        """As `connect`, for statements that look rows up by the keys in their arrays, one after the other in the order given.

        A plan made while a table was small must not read it whole once it is not; and processes that lock rows in the same
        order do not wait for each other.
        """
        connection = await self.connect()
        try:
            await connection.execute(_BY_KEY)
        except BaseException:  # whoever gives up meanwhile leaves no connection open
            await connection.close()
            raise
        return connection

    async def close(self) -> None:
        await self._engine.dispose()
