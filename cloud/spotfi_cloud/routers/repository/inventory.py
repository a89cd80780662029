"""Routers, and the NAS list, in the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, literal_column, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import NotFoundError
from spotfi_cloud.routers import tables
from spotfi_cloud.routers.repository.fleet import asks_for_attention
from spotfi_cloud.storage.conflicts import violations_as
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting
from spotfi_cloud.storage.search import fetch_found_page, words_of

Router = tables.Router
RouterPresence = tables.RouterPresence
RouterWithPresence = tuple[Router, RouterPresence | None]
_SORTING = Sorting(Router.id, (Router.created_at, Router.name))
_WORDS = words_of(literal_column(tables.ROUTER_TEXT))


@dataclass(frozen=True, slots=True)
class RouterFilter:
    """Which routers are wanted; None: whichever. `search`: beginnings of words of name, NAS identifier and address."""

    search: str | None = None
    host_id: UUID | None = None
    nas_kind: str | None = None
    online: bool | None = None
    attention: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.host_id is not None:
            found.append(Router.host_id == self.host_id)
        if self.nas_kind is not None:
            found.append(Router.nas_kind == self.nas_kind)
        if self.online is not None:
            found.append(RouterPresence.online.is_(True) if self.online else RouterPresence.online.is_not(True))
        if self.attention is not None:
            found.append(asks_for_attention() if self.attention else not_(asks_for_attention()))
        return found


async def add_router(session: AsyncSession, router: Router) -> None:
    """Insert. NotFoundError where there is no such host."""
    no_host = NotFoundError("There is no host with this id.", field="host_id")
    async with violations_as({"fk_routers_host_id_hosts": no_host}):
        session.add(router)
        await session.flush()


async def get_router(session: AsyncSession, scope: Scope, router_id: UUID) -> RouterWithPresence:
    """One router in the scope with its presence. NotFoundError otherwise."""
    row = (await session.execute(_with_presence(scope).where(Router.id == router_id))).one_or_none()
    if row is None:
        raise _no_router()
    return _pair(row)


async def find_by_nas_identifier(session: AsyncSession, nas_identifier: str) -> Router | None:
    """The router of that name that is neither deleted nor shut out."""
    statement = select(Router).where(Router.nas_identifier == nas_identifier)
    return await session.scalar(statement.where(Router.deleted_at.is_(None), Router.revoked_at.is_(None)))


async def lock_router(session: AsyncSession, scope: Scope, router_id: UUID) -> Router:
    """The router's row, locked until the end of the transaction, so that two changes of it take turns."""
    statement = select(Router).where(Router.id == router_id, Router.deleted_at.is_(None), scope.limit(Router.host_id))
    router = await session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if router is None:
        raise _no_router()
    return router


async def list_routers(session: AsyncSession, scope: Scope, page: PageQuery, wanted: RouterFilter) -> Slice[Any]:
    """The wanted routers in the scope, newest first."""
    statement = _with_presence(scope).where(*wanted.conditions())
    return await fetch_found_page(session, statement, page, _SORTING, words=_WORDS, search=wanted.search, make=_pair)


async def list_nas(session: AsyncSession) -> list[tuple[Router, bool]]:
    """Every router that may speak RADIUS, and whether an agent has enrolled on it."""
    key = tables.RouterKey
    has_agent = exists().where(key.router_id == Router.id, key.revoked_at.is_(None))
    statement = select(Router, has_agent).where(Router.deleted_at.is_(None), Router.revoked_at.is_(None))
    return [(router, enrolled) for router, enrolled in await session.execute(statement)]


async def intervals_of_admitted(session: AsyncSession, router_ids: list[UUID]) -> dict[UUID, int]:
    """Of these, the routers that may connect now, with their reporting interval in seconds."""
    return {row[0]: row[1] for row in await session.execute(_admitted(router_ids))}


async def intervals_of_online(session: AsyncSession, router_ids: list[UUID]) -> dict[UUID, int]:
    """Of these, the routers that may connect and are online, with their reporting interval in seconds."""
    online = _admitted(router_ids).join(RouterPresence, RouterPresence.router_id == Router.id)
    return {row[0]: row[1] for row in await session.execute(online.where(RouterPresence.online))}


def _admitted(router_ids: list[UUID]) -> Select[UUID, int]:
    key = tables.RouterKey
    return (
        select(Router.id, Router.interval_s)
        .join(key, key.router_id == Router.id)
        .where(
            Router.id.in_(router_ids),
            Router.deleted_at.is_(None),
            Router.revoked_at.is_(None),
            key.revoked_at.is_(None),
        )
    )


def mark_deleted(router: Router, now: datetime) -> None:
    router.deleted_at = now


def _with_presence(scope: Scope) -> Select[Router, RouterPresence]:
    return (
        select(Router, RouterPresence)
        .outerjoin(RouterPresence, RouterPresence.router_id == Router.id)
        .where(Router.deleted_at.is_(None), scope.limit(Router.host_id))
    )


def _pair(row: Any) -> RouterWithPresence:
    return row[0], row[1]


def _no_router() -> NotFoundError:
    return NotFoundError("There is no router with this id.")
