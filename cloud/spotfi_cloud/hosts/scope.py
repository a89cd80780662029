"""Tenancy in one place: the part of the data a request, or a job, may see and change.

Every read and write of tenant data takes a `Scope`; what lies outside it does not exist (NotFoundError, HTTP 404).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True, slots=True)
class Scope:
    """Some hosts, or every host (and what belongs to none) where `host_ids` is None."""

    host_ids: frozenset[UUID] | None

    @classmethod
    def everything(cls) -> "Scope":
        return cls(None)

    @classmethod
    def of(cls, host_id: UUID) -> "Scope":
        return cls(frozenset({host_id}))

    @classmethod
    def of_hosts(cls, host_ids: Iterable[UUID]) -> "Scope":
        return cls(frozenset(host_ids))

    @property
    def is_everything(self) -> bool:
        return self.host_ids is None

    @property
    def only_host_id(self) -> UUID | None:
        """The host of a scope that is one host; None for any other."""
        return next(iter(self.host_ids)) if self.host_ids is not None and len(self.host_ids) == 1 else None

    def covers(self, host_id: UUID | None) -> bool:
        """Whether something of that host (None: the ISP's own) lies in the scope."""
        return self.host_ids is None or host_id in self.host_ids

    def limit(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The WHERE clause that keeps a query on a host_id column inside the scope."""
        if self.host_ids is None:
            return true()
        only = self.only_host_id
        # One host, by far the most frequent, as an equation: an index on (host_id, …) then yields rows in order.
        return column.in_(self.host_ids) if only is None else column == only
