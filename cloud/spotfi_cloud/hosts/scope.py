"""Tenancy in one place: the part of the data a request, or a job, may see and change.

Every read and write of tenant data takes a `Scope`; what lies outside it does not exist (NotFoundError, HTTP 404).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True, slots=True)
class Scope:
    """One host, or every host where `host_id` is None."""

    host_id: UUID | None

    @classmethod
    def everything(cls) -> "Scope":
        return cls(None)

    @classmethod
    def of(cls, host_id: UUID) -> "Scope":
        return cls(host_id)

    def covers(self, host_id: UUID | None) -> bool:
        """Whether something of that host (None: the ISP's own) lies in the scope."""
        return self.host_id is None or self.host_id == host_id

    def limit(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The WHERE clause that keeps a query on a host_id column inside the scope."""
        return true() if self.host_id is None else column == self.host_id
