"""Versions of what people edit, so that nobody overwrites a change they have not seen (RFC 9110 §13: If-Match).

A version is worked out from the row's own values; there is no counter and no table of versions.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import inspect

from spotfi_cloud.kernel.errors import StaleError
from spotfi_cloud.storage.base import Base

_DIGEST_BYTES = 16


Versioned = Base | Mapping[str, Any]
"""What has a version: a row, or what a column of JSON holds."""


def version_of(row: Versioned) -> str:
    """The version of a row: changes with any of its columns, tells nothing about their values."""
    if isinstance(row, Mapping):
        written = json.dumps(row, sort_keys=True)
    else:
        written = repr([_plain(getattr(row, attribute.key)) for attribute in inspect(type(row)).column_attrs])
    return hashlib.blake2b(written.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _plain(value: Any) -> str | None:
    """The same text for a value whether it was just set or comes from the database."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


@dataclass(frozen=True, slots=True)
class Expected:
    """Which versions of a row its editor has seen; None: whichever it has."""

    versions: frozenset[str] | None = None

    def require(self, row: Versioned) -> None:
        """StaleError unless the row, which the caller has locked, still has one of the versions."""
        if self.versions is not None and version_of(row) not in self.versions:
            msg = "It was changed since you read it. Read it again and repeat your change on what is there now."
            raise StaleError(msg, field="If-Match")


ANY_VERSION = Expected()
