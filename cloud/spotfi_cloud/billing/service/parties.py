"""Who documents are from and to: the installation's own details, and each host's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import tariffs
from spotfi_cloud.billing.repository.invoices import Host
from spotfi_cloud.billing.rules import DocumentKind
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_host
from spotfi_cloud.storage.versions import ANY_VERSION, Expected

Details = dict[str, Any]
_LANGUAGE = "en"
_TERMS_DAYS = 14
_PREFIXES = {DocumentKind.INVOICE: "INV-", DocumentKind.SETTLEMENT: "SET-", DocumentKind.CREDIT_NOTE: "CN-"}


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties of a run's documents."""

    own: Details
    of_hosts: Mapping[UUID | None, Details]

    def host(self, host: Host) -> Details:
        """The host's details; its name where no legal one is known."""
        return {"legal_name": host.name, "email": host.contact_email, **self.of_hosts.get(host.id, {})}

    def language(self, host: Host) -> str:
        """The language its documents are in."""
        return self.of_hosts.get(host.id, {}).get("language") or host.language or self.own.get("language") or _LANGUAGE

    def terms_days(self, host: Host) -> int:
        """Days from the issue until payment is due."""
        chosen = [details.get("payment_terms_days") for details in (self.of_hosts.get(host.id, {}), self.own)]
        return next((days for days in chosen if days is not None), _TERMS_DAYS)

    def reference(self, kind: DocumentKind, number: int) -> str:
        """The number as documents show it."""
        prefix = self.own.get(f"{kind.value}_prefix") or _PREFIXES[kind]
        return f"{prefix}{number:06d}"


async def read_parties(session: AsyncSession, hosts: Sequence[Host]) -> Parties:
    """The installation's own details and those of the hosts."""
    found = await tariffs.find_parties(session, [None, *(host.id for host in hosts)])
    return Parties(found.get(None, {}), found)


async def get_own_details(session: AsyncSession) -> Details:
    """The installation's own details; empty until somebody writes them."""
    return (await tariffs.find_parties(session, [None])).get(None, {})


async def put_own_details(session: AsyncSession, details: Details, *, expected: Expected = ANY_VERSION) -> None:
    """Replace the installation's own details; documents already issued stay as they are. StaleError."""
    expected.require(await tariffs.lock_party(session, None))
    await tariffs.save_party(session, None, details)


async def get_details(session: AsyncSession, scope: Scope, host_id: UUID) -> Details:
    """A host's details; empty until somebody writes them. NotFoundError for a host out of scope."""
    host = await get_host(session, scope, host_id)
    return (await tariffs.find_parties(session, [host.id])).get(host.id, {})


async def put_details(
    session: AsyncSession, scope: Scope, host_id: UUID, details: Details, *, expected: Expected = ANY_VERSION
) -> None:
    """Replace a host's details; documents already issued stay as they are. NotFoundError out of scope; StaleError."""
    host = await get_host(session, scope, host_id)
    expected.require(await tariffs.lock_party(session, host.id))
    await tariffs.save_party(session, host.id, details)
