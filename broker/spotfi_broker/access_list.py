"""Who may connect: the routers' keys as PostgreSQL's view `broker_access` has them, held in memory and kept up to date.

Changes are heard on the channel `router_access`; because a notification is only a hint, everything is read again after each
reconnect and every so often. While the database is away, keys that are known stay valid.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import structlog

from spotfi_broker import password_hash
from spotfi_broker.permissions import CLOUD

_log = structlog.get_logger(__name__)

_RECONNECT_S = 1.0
_CONNECT_TIMEOUT_S = 5
_REREAD_S = 60.0
_ALL = "SELECT router_id::text, key_hash FROM broker_access"
_SOME = "SELECT router_id::text, key_hash FROM broker_access WHERE router_id = ANY(%s::uuid[])"
_CLOUD_KEY = "the cloud's password"


class DatabaseAwayError(Exception):
    """A router that is not known could not be looked up."""


class AccessList:
    """See the module."""

    def __init__(self, database_url: str, cloud_password: str) -> None:
        self.key_hashes: dict[str, str] = {}
        """By user name, which is the router's id."""
        self._database_url = database_url
        self._cloud_password = cloud_password.encode()
        self._lookup_lock = asyncio.Lock()
        self._lookup_connection: psycopg.AsyncConnection | None = None

    async def follow(self) -> AsyncIterator[set[str]]:
        """For ever: yield the users whose key is new, another or gone; the first time, everybody.

        A lost database is retried every second and logged once per loss.
        """
        known_lost = False
        while True:
            try:
                async with await self._connect() as connection:
                    await connection.execute("LISTEN router_access")
                    async for changed in self._changes(connection):
                        known_lost = False
                        yield changed
            except psycopg.Error as error:
                if not known_lost:
                    _log.warning("database_lost", error=_first_line(error), retry_in_s=_RECONNECT_S)
                known_lost = True
            await asyncio.sleep(_RECONNECT_S)

    async def admit(self, user: str, password: str) -> str | None:
        """What identifies the key the password proves, for `is_current`; None where it proves none.

        A router that is not known, or comes with another key, is looked up, so one just enrolled gets in at once.
        DatabaseAwayError where that cannot be done.
        """
        if user == CLOUD:
            return _CLOUD_KEY if hmac.compare_digest(password.encode(), self._cloud_password) else None
        known = self.key_hashes.get(user)
        if known is not None and password_hash.matches(password, known):
            return known
        if not _is_router_id(user):
            return None
        stored = await self._look_up(user)
        if stored is None or stored == known or not password_hash.matches(password, stored):
            return None
        self.key_hashes[user] = stored
        return stored

    def is_current(self, user: str, key: str) -> bool:
        """Whether a key that was once admitted still is the user's."""
        return user == CLOUD or self.key_hashes.get(user) == key

    async def close(self) -> None:
        if self._lookup_connection is not None:
            await self._lookup_connection.close()

    async def _changes(self, connection: psycopg.AsyncConnection) -> AsyncIterator[set[str]]:
        yield self._replace(await self._read(connection, _ALL), of=None)
        _log.info("access_list_read", routers=len(self.key_hashes))
        while True:
            named = {note.payload async for note in connection.notifies(timeout=_REREAD_S, stop_after=1)}
            routers = {name for name in named if _is_router_id(name)}
            if routers:
                yield self._replace(await self._read(connection, _SOME, [list(routers)]), of=routers)
            else:
                yield self._replace(await self._read(connection, _ALL), of=None)

    def _replace(self, read: dict[str, str], *, of: set[str] | None) -> set[str]:
        """Take over what was read about these users (None: about all); those for whom something changed."""
        concerned = self.key_hashes.keys() | read.keys() if of is None else of
        changed = {user for user in concerned if self.key_hashes.get(user) != read.get(user)}
        for user in changed:
            if user in read:
                self.key_hashes[user] = read[user]
            else:
                del self.key_hashes[user]
        return changed

    async def _look_up(self, user: str) -> str | None:
        async with self._lookup_lock:
            for attempt in ("open connection", "new connection"):
                try:
                    if self._lookup_connection is None or self._lookup_connection.closed:
                        self._lookup_connection = await self._connect()
                    found = await self._read(self._lookup_connection, _SOME, [[user]])
                except psycopg.Error as error:
                    await self.close()
                    if attempt == "new connection":
                        raise DatabaseAwayError(_first_line(error)) from error
                else:
                    return found.get(user)
        return None

    async def _connect(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(
            self._database_url, autocommit=True, connect_timeout=_CONNECT_TIMEOUT_S, application_name="spotfi-broker"
        )

    @staticmethod
    async def _read(
        connection: psycopg.AsyncConnection, query: str, parameters: list[list[str]] | None = None
    ) -> dict[str, str]:
        cursor = await connection.execute(query, parameters)
        return dict(await cursor.fetchall())


def _is_router_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
