"""A document as it is put on paper, or into a file: plain values, whatever made them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spotfi_cloud.billing.rules import DocumentKind, LineKind, TaxCategory, TaxGroup


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line. Days inclusive; `used_in`: the month of late usage."""

    kind: LineKind
    amount_minor: int
    tax_category: TaxCategory
    tax_rate_percent: Decimal
    first_on: date | None = None
    last_on: date | None = None
    router_id: UUID | None = None
    router_name: str | None = None
    up_bytes: int | None = None
    down_bytes: int | None = None
    quantity: int | None = None
    used_in: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document. Without a reference it is a draft. Instants are aware; `seller` and `buyer` as `PartyIn` holds them.

    `self_billed`: drawn up by the buyer in the seller's name. `corrects` and `corrects_on`: reference and date of the
    document that a credit note takes back. `logo`: an image file.
    """

    kind: DocumentKind
    reference: str | None
    language: str
    host_name: str
    seller: dict[str, Any]
    buyer: dict[str, Any]
    period: str
    timezone: str
    period_start: datetime
    period_end: datetime
    dated_on: date
    due_on: date | None
    currency: str
    lines: tuple[PaperLine, ...]
    taxes: tuple[TaxGroup, ...]
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    note: str | None = None
    self_billed: bool = False
    corrects: str | None = None
    corrects_on: date | None = None
    logo: bytes | None = None

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the period, by the host's clock."""
        zone = ZoneInfo(self.timezone)
        last = self.period_end - timedelta(microseconds=1)
        return self.period_start.astimezone(zone).date(), last.astimezone(zone).date()

    @property
    def notes(self) -> list[str]:
        """What is said at its foot: of this document, and by its issuer of every one."""
        return [str(note) for note in (self.note, self.issuer.get("note")) if note]

    @property
    def issuer(self) -> dict[str, Any]:
        """The party that draws the document up and sends it."""
        return self.buyer if self.self_billed else self.seller

    @property
    def recipient(self) -> dict[str, Any]:
        """The party it is sent to."""
        return self.seller if self.self_billed else self.buyer
