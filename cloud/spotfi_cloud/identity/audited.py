"""What the audit log notes of each table's rows, and what it keeps to itself. Pure.

The log holds every change a request or a command makes to these tables. Values that tell about a person go in sealed under that
person's key; secrets, sealed or hashed, go in as nothing but the fact that they changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HIDDEN = "•••"
"""Stands for a value that the log does not keep."""
_SECRET_WORDS = ("password", "secret", "_sealed", "_hash")


@dataclass(frozen=True, slots=True)
class Noted:
    """How the rows of one table are noted. `key`, `person`: columns with the id of the row, and of whom it is about."""

    key: str = "id"
    person: str | None = None
    personal: frozenset[str] = frozenset()
    """Columns that tell about that person."""
    quiet: frozenset[str] = frozenset()
    """Columns whose change alone is no news."""
    hidden: frozenset[str] = frozenset()
    """Columns that may hold anything, secrets among it."""


AUDITED: Mapping[str, Noted] = {
    "staff_accounts": Noted(person="id", personal=frozenset({"email"})),
    "staff_hosts": Noted(key="account_id"),
    "staff_sessions": Noted(
        person="account_id",
        personal=frozenset({"address", "user_agent"}),
        quiet=frozenset({"used_at", "expires_at"}),
    ),
    "second_factors": Noted(key="account_id", quiet=frozenset({"last_step"})),
    "api_keys": Noted(quiet=frozenset({"used_at"})),
    "hosts": Noted(
        person="id", personal=frozenset({"contact_name", "contact_email", "contact_phone", "support_contact"})
    ),
    "host_logos": Noted(key="host_id", hidden=frozenset({"image"})),
    "plans": Noted(),
    "subscribers": Noted(person="id", personal=frozenset({"username"})),
    "assignments": Noted(person="subscriber_id", personal=frozenset({"note"})),
    "top_ups": Noted(person="subscriber_id", personal=frozenset({"note"})),
    "voucher_batches": Noted(),
    "subscriber_imports": Noted(),
    "routers": Noted(),
    "commands": Noted(hidden=frozenset({"args", "result"})),
    "terminal_sessions": Noted(quiet=frozenset({"alive_at"})),
    "alerts": Noted(person="subject_id", personal=frozenset({"note"})),
    "alert_rules": Noted(quiet=frozenset({"changed_at"})),
    "alert_channels": Noted(person="id", personal=frozenset({"recipient"}), hidden=frozenset({"url"})),
    "tariffs": Noted(),
    "billing_parties": Noted(),
    "invoices": Noted(),
    "payments": Noted(),
    "payment_allocations": Noted(key="payment_id"),
}
"""The tables people change, by name."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What the log says of one row: only columns that changed, personal ones apart. None: no such row then."""

    before: Row | None
    after: Row | None
    personal_before: Row
    personal_after: Row


def describe(noted: Noted, before: Row | None, after: Row | None) -> Change | None:
    """The change from one state of a row to the other; None where there is nothing to say."""
    changed = {
        name for name in {*(before or ()), *(after or ())} if (before or {}).get(name) != (after or {}).get(name)
    }
    if before is not None and after is not None and changed <= noted.quiet:
        return None
    public = changed - noted.personal
    return Change(
        None if before is None else _shown(noted, before, public),
        None if after is None else _shown(noted, after, public),
        _shown(noted, before or {}, changed & noted.personal),
        _shown(noted, after or {}, changed & noted.personal),
    )


def _shown(noted: Noted, row: Row, names: set[str]) -> Row:
    known = [name for name in sorted(names & row.keys()) if row[name] is not None]
    return {name: HIDDEN if _is_hidden(noted, name) else row[name] for name in known}


def _is_hidden(noted: Noted, name: str) -> bool:
    return name in noted.hidden or any(word in name for word in _SECRET_WORDS)
