"""Connections to PostgreSQL: SQLAlchemy for the many, plain psycopg for the hot paths. Only entrypoints commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine


class Database:
    """One installation's database as one process sees it.

    `url` is a libpq URL: `postgresql://user:password@host/name`, or `postgresql:///name?host=/socket/directory&user=…`.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = url
        self._engine = create_async_engine(
            make_url(url).set(drivername="postgresql+psycopg"), pool_size=pool_size, max_overflow=5, pool_pre_ping=True
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions() as session, session.begin():
            yield session

    async def connect(self) -> psycopg.AsyncConnection:
        """A connection of one's own, in autocommit mode: for LISTEN and for batched hot paths."""
        return await psycopg.AsyncConnection.connect(self.url, autocommit=True)

    async def close(self) -> None:
        await self._engine.dispose()
