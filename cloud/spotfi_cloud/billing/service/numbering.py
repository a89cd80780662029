"""Numbers of documents: a series for each kind, without gaps, whatever runs at the same time."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices
from spotfi_cloud.billing.rules import DocumentKind


@dataclass(slots=True)
class Numbers:
    """The series, held by this transaction: until it ends nobody else gives a number out."""

    _last: dict[str, int]

    def take(self, kind: DocumentKind) -> int:
        """The next number of the kind's series."""
        self._last[kind.value] += 1
        return self._last[kind.value]

    async def save(self, session: AsyncSession) -> None:
        """Write how far the series got; it counts when the transaction commits."""
        await invoices.set_counters(session, self._last)


async def hold_numbers(session: AsyncSession) -> Numbers:
    """The series of all kinds; waits for whoever holds them."""
    return Numbers(await invoices.lock_counters(session))
