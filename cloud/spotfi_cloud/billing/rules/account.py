"""A host's account: what it owes by each day, and how old what is open is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class EntryKind(StrEnum):
    """What an entry of an account is. `opening`: all that was before. `reversal`: of a payment, either way."""

    OPENING = "opening"
    INVOICE = "invoice"
    SETTLEMENT = "settlement"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    PAYOUT = "payout"
    REVERSAL = "reversal"


class Entry(NamedTuple):
    """One entry: positive amounts are owed by the host, negative ones to it."""

    on: date
    kind: EntryKind
    reference: str
    subject_id: UUID | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Account:
    """Entries with the balance after each, from an opening balance to a closing one."""

    opening_minor: int
    entries: tuple[tuple[Entry, int], ...]
    closing_minor: int


def account_of(entries: Sequence[Entry], first: date | None, last: date) -> Account:
    """The account from the first day (None: the beginning) to the last, both inclusive, of all its entries in order."""
    opening_minor = sum(entry.amount_minor for entry in entries if first is not None and entry.on < first)
    balance_minor, shown = opening_minor, []
    for entry in entries:
        if (first is None or first <= entry.on) and entry.on <= last:
            balance_minor += entry.amount_minor
            shown.append((entry, balance_minor))
    return Account(opening_minor, tuple(shown), balance_minor)
