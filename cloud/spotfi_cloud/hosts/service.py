"""Hosts: the ISP's tenants."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts import repository
from spotfi_cloud.hosts.repository import Host
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ForbiddenError, NotFoundError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.storage.pages import PageQuery, Slice

_FIELDS_OF_THE_ISP = ("timezone", "currency")


async def list_hosts(session: AsyncSession, scope: Scope, page: PageQuery) -> Slice[Host]:
    """The hosts in scope, newest first."""
    return await repository.list_hosts(session, scope, page)


async def get_host(session: AsyncSession, scope: Scope, host_id: UUID, *, field: str | None = None) -> Host:
    """One host. NotFoundError, naming the field it was asked for by, where there is none in scope."""
    host = await repository.find_host(session, scope, host_id)
    if host is None:
        msg = "There is no host with this id."
        raise NotFoundError(msg, field=field)
    return host


async def choose_host_id(session: AsyncSession, scope: Scope, host_id: UUID | None) -> UUID | None:
    """The host that something new in the scope belongs to: a Host's own, else the one given (None: the ISP's own).

    NotFoundError naming `host_id` for a host outside the scope.
    """
    if host_id is not None:
        await get_host(session, scope, host_id, field="host_id")
        return host_id
    return scope.host_id


async def create_host(session: AsyncSession, name: str, timezone: str, currency: str, *, clock: Clock) -> Host:
    """A new host."""
    host = Host(id=new_id(), name=name, timezone=timezone, currency=currency, created_at=clock.now())
    await repository.add_host(session, host)
    return host


async def change_host(session: AsyncSession, scope: Scope, host_id: UUID, changes: dict[str, Any]) -> Host:
    """Change the given fields. ForbiddenError where a Host changes what its invoices depend on."""
    host = await get_host(session, scope, host_id)
    for name, value in changes.items():
        if scope.host_id is not None and name in _FIELDS_OF_THE_ISP:
            msg = f"Only an Admin may change the {name} of a host."
            raise ForbiddenError(msg, field=name)
        setattr(host, name, value)
    await announce(session, Channel.ACCESS, "host")
    return host
