"""Hosts: the ISP's tenants."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts import repository
from spotfi_cloud.hosts.branding import MAX_LOGO_BYTES, Branding, Logo, image_type
from spotfi_cloud.hosts.repository import Host
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, ForbiddenError, NotFoundError, RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.storage.pages import PageQuery, Slice
from spotfi_cloud.storage.versions import ANY_VERSION, Expected

NOTHING: Mapping[str, Any] = {}
_FIELDS_OF_THE_ISP = ("timezone", "currency")
_PERSONAL_FIELDS = ("contact_name", "contact_email", "contact_phone", "support_contact", "welcome_text")


class IsBilled(Protocol):
    """Whether the host has documents that are issued. Billing's answer."""

    async def __call__(self, session: AsyncSession, host_id: UUID) -> bool: ...


async def list_hosts(session: AsyncSession, scope: Scope, page: PageQuery, *, search: str | None = None) -> Slice[Host]:
    """The hosts in scope, newest first; only those with `search` in their names, where given."""
    return await repository.list_hosts(session, scope, page, search=search)


async def get_host(
    session: AsyncSession, scope: Scope, host_id: UUID, *, field: str | None = None, lock: bool = False
) -> Host:
    """One host. NotFoundError, naming the field it was asked for by, where there is none in scope."""
    host = await repository.find_host(session, scope, host_id, lock=lock)
    if host is None:
        msg = "There is no host with this id."
        raise NotFoundError(msg, field=field)
    return host


async def choose_host_id(session: AsyncSession, scope: Scope, host_id: UUID | None) -> UUID | None:
    """The host that something new in the scope belongs to: a Host's own, else the one given (None: the ISP's own).

    NotFoundError naming `host_id` for a host outside the scope, RejectedError where one of several has to be named.
    """
    if host_id is not None:
        await get_host(session, scope, host_id, field="host_id")
        return host_id
    if not scope.is_everything and scope.only_host_id is None:
        msg = "Name the host this is for: you look after several."
        raise RejectedError(msg, field="host_id")
    return scope.only_host_id


async def create_host(
    session: AsyncSession,
    name: str,
    timezone: str,
    currency: str,
    *,
    clock: Clock,
    details: Mapping[str, Any] = NOTHING,
) -> Host:
    """A new host. `details`: contacts, language and branding, by column."""
    host = Host(id=new_id(), name=name, timezone=timezone, currency=currency, created_at=clock.now(), **details)
    await repository.add_host(session, host)
    return host


async def change_host(
    session: AsyncSession,
    scope: Scope,
    host_id: UUID,
    changes: dict[str, Any],
    *,
    expected: Expected = ANY_VERSION,
    is_billed: IsBilled,
) -> Host:
    """Change the given fields. ForbiddenError where a Host changes what its invoices depend on, StaleError where the
    host is not the expected one, ConflictError for another currency once there are documents in this one."""
    host = await get_host(session, scope, host_id, lock=True)
    expected.require(host)
    for name, value in changes.items():
        if not scope.is_everything and name in _FIELDS_OF_THE_ISP:
            msg = f"Only an Admin may change the {name} of a host."
            raise ForbiddenError(msg, field=name)
        if name == "currency" and value != host.currency and await is_billed(session, host_id):
            msg = (
                f"This host has documents in {host.currency}, and what is late of their months is billed in it, too. "
                "Void them first, or make a new host for the other currency."
            )
            raise ConflictError(msg, field=name)
        setattr(host, name, value)
    await announce(session, Channel.ACCESS, "host")
    return host


async def suspend_host(session: AsyncSession, scope: Scope, host_id: UUID, *, clock: Clock) -> Host:
    """Refuse logins of the host's guests from now on; its routers are managed as before. Repeating changes nothing."""
    host = await get_host(session, scope, host_id, lock=True)
    host.suspended_at = host.suspended_at or clock.now()
    await announce(session, Channel.ACCESS, "host")
    return host


async def resume_host(session: AsyncSession, scope: Scope, host_id: UUID) -> Host:
    """Let the host's guests log in again."""
    host = await get_host(session, scope, host_id, lock=True)
    host.suspended_at = None
    await announce(session, Channel.ACCESS, "host")
    return host


async def get_branding(session: AsyncSession, host_id: UUID) -> Branding:
    """How a host shows itself to guests, with its logo. NotFoundError where there is no such host."""
    host = await get_host(session, Scope.of(host_id), host_id)
    logo = await repository.find_logo(session, host_id)
    return Branding(
        host_id=host.id,
        name=host.brand_name or host.name,
        color=host.brand_color,
        background_color=host.background_color,
        welcome_text=host.welcome_text,
        support_contact=host.support_contact,
        terms_url=host.terms_url,
        language=host.language,
        logo_url=host.logo_url,
        logo=None if logo is None else Logo(logo.content_type, logo.image),
    )


async def language_of(session: AsyncSession, host_id: UUID) -> str | None:
    """The language a host has chosen (BCP 47), None for the installation's."""
    return (await get_host(session, Scope.of(host_id), host_id)).language


async def get_logo(session: AsyncSession, scope: Scope, host_id: UUID) -> Logo:
    """The host's logo. NotFoundError where it has none."""
    await get_host(session, scope, host_id)
    logo = await repository.find_logo(session, host_id)
    if logo is None:
        msg = "This host has no logo."
        raise NotFoundError(msg)
    return Logo(logo.content_type, logo.image)


async def has_logo(session: AsyncSession, host_id: UUID) -> bool:
    """Whether the host has a logo, without reading it."""
    return await repository.has_logo(session, host_id)


async def put_logo(session: AsyncSession, scope: Scope, host_id: UUID, image: bytes, *, clock: Clock) -> None:
    """Give the host this logo. RejectedError unless it is a PNG, JPEG or WebP of at most MAX_LOGO_BYTES."""
    await get_host(session, scope, host_id, lock=True)
    content_type = image_type(image)
    if content_type is None or len(image) > MAX_LOGO_BYTES:
        msg = f"A logo is a PNG, JPEG or WebP image of at most {MAX_LOGO_BYTES // 1024} KiB."
        raise RejectedError(msg, field="body")
    await repository.save_logo(session, host_id, content_type, image, clock.now())


async def delete_logo(session: AsyncSession, scope: Scope, host_id: UUID) -> None:
    """Take the host's logo away, where it has one."""
    await get_host(session, scope, host_id, lock=True)
    await repository.delete_logo(session, host_id)


async def erase_host(session: AsyncSession, scope: Scope, host_id: UUID) -> None:
    """Forget the people of a host and what they wrote; its name stays, for invoices name it. ConflictError unless suspended."""
    host = await get_host(session, scope, host_id, lock=True)
    if host.suspended_at is None:
        msg = "Only the data of a host that has left is erased: suspend it first."
        raise ConflictError(msg)
    for name in _PERSONAL_FIELDS:
        setattr(host, name, None)
    await repository.delete_logo(session, host_id)
