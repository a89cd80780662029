"""Lists in pages, by keyset: a page starts after (or before) a position in the order (key, id), never at an offset.

A cursor is opaque to clients: base64url of the JSON `[order, direction, key, id]`. It holds a position and no rights: the
scope is applied to every query anew. Sort keys must be NOT NULL columns.
"""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Row, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from spotfi_cloud.kernel.errors import RejectedError

T = TypeVar("T")
V = TypeVar("V")
MAX_LIMIT = 200
DEFAULT_LIMIT = 50
_BIGINT_MIN, _BIGINT_MAX = -(2**63), 2**63 - 1
_FORWARD, _BACKWARD = "after", "before"

SortKey = datetime | int | str | UUID
AnyRow = Row[*tuple[Any, ...]]
SortColumns = tuple[ColumnElement[Any], ColumnElement[Any]]
AnySelect = Select[*tuple[Any, ...]]


class Page(BaseModel, Generic[T]):
    """One page of a list. `next` and `prev` go into `?cursor=`; null where there is nothing further that way."""

    items: list[T]
    next: str | None = Field(None, description="Cursor of the following page, null on the last one.")
    prev: str | None = Field(None, description="Cursor of the preceding page, null on the first one.")


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """What a repository hands up: the rows of a page and its neighbours' cursors."""

    items: list[T]
    next: str | None
    prev: str | None

    def to_page(self, make: Callable[[T], V]) -> Page[V]:
        """The page for the API, each row turned by `make`."""
        return Page(items=[make(item) for item in self.items], next=self.next, prev=self.prev)


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: by `key`, ties by `id`. Newest first unless `descending` is False."""

    key: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[UUID]
    descending: bool = True

    @property
    def name(self) -> str:
        return f"{self.key.key}{'-' if self.descending else '+'}"

    @property
    def columns(self) -> SortColumns:
        """(key, id), to sort and compare by."""
        return self.key.expression, self.id.expression


@dataclass(frozen=True, slots=True)
class Sorting:
    """The orders a list may be asked for: by any of `keys` (NOT NULL and indexed), the first one unless told otherwise.

    `sort` of a query names a key, with a minus in front for the descending order.
    """

    id: InstrumentedAttribute[UUID]
    keys: tuple[InstrumentedAttribute[Any], ...]
    descending: bool = True

    def order(self, sort: str | None) -> Order:
        """The order that is asked for. RejectedError for a key the list is not sorted by."""
        if sort is None:
            return Order(self.keys[0], self.id, self.descending)
        for key in self.keys:
            if key.key == sort.removeprefix("-"):
                return Order(key, self.id, sort.startswith("-"))
        msg = f"This list can be sorted by {', '.join(key.key for key in self.keys)}."
        raise RejectedError(msg, field="sort")


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page is asked for: `limit` rows at `cursor`, or exactly the rows with `ids`; in which order (see `Sorting`)."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    ids: tuple[UUID, ...] | None = None
    sort: str | None = None


async def fetch_page(
    session: AsyncSession,
    statement: AnySelect,
    query: PageQuery,
    by: Order | Sorting,
    *,
    make: Callable[[AnyRow], T],
    gathered_by: ColumnElement[bool] | None = None,
) -> Slice[T]:
    """The page of the statement's rows that the query asks for, each made by `make` from its row.

    The statement carries scope and filters, no order and no limit. `gathered_by`: one more filter, with an index of its own and
    few rows: their keys are gathered by it and put in order, and no index of the order is walked. RejectedError for a cursor
    that is none.
    """
    order = by.order(query.sort) if isinstance(by, Sorting) else by
    statement = statement.add_columns(order.key, order.id)
    if query.ids is not None:
        asked = statement if gathered_by is None else statement.where(gathered_by)
        rows = list(
            await session.execute(_sorted(asked.where(order.id.in_(query.ids)), order.columns, order.descending))
        )
        return Slice([make(row) for row in rows], None, None)
    position = None if query.cursor is None else _decode_cursor(query.cursor, order)
    backward = position is not None and position.backward
    part = _Part(order.descending != backward, position, query.limit + 1)
    wanted = part.walked(statement, order) if gathered_by is None else part.gathered(statement, order, gathered_by)
    rows = list(await session.execute(wanted))
    more, rows = len(rows) > query.limit, rows[: query.limit]
    if backward:
        rows.reverse()
    return Slice([make(row) for row in rows], *_neighbours(rows, order, query, more=more, backward=backward))


def first_column(row: AnyRow) -> Any:
    """For `make`: the entity of a statement that selects just one."""
    return row[0]


class _Position(NamedTuple):
    """Where a page begins: after this row, or before it."""

    backward: bool
    key: SortKey
    row_id: UUID


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a list is read: so many rows from a position on."""

    descending: bool
    position: _Position | None
    limit: int

    def walked(self, statement: AnySelect, order: Order) -> AnySelect:
        """The rows, by an index of the order."""
        return self._of(statement, order.columns)

    def gathered(self, statement: AnySelect, order: Order, by: ColumnElement[bool]) -> AnySelect:
        """The rows, by an index of the filter: materialized, so that the planner does not walk the order after all."""
        keys = statement.where(by).with_only_columns(order.key.label("key"), order.id.label("row_id"))
        found = keys.cte("found").prefix_with("MATERIALIZED")
        page = self._of(select(found.c.row_id), (found.c.key, found.c.row_id))
        return _sorted(statement.where(order.id.in_(page)), order.columns, self.descending)

    def _of(self, statement: AnySelect, columns: SortColumns) -> AnySelect:
        if self.position is not None:
            there, here = tuple_(*columns), (self.position.key, self.position.row_id)
            statement = statement.where(there < here if self.descending else there > here)
        return _sorted(statement, columns, self.descending).limit(self.limit)


def _sorted(statement: AnySelect, columns: SortColumns, descending: bool) -> AnySelect:
    return statement.order_by(*(column.desc() if descending else column.asc() for column in columns))


def _neighbours(
    rows: list[AnyRow], order: Order, query: PageQuery, *, more: bool, backward: bool
) -> tuple[str | None, str | None]:
    if not rows:
        return None, None
    has_next, has_prev = (True, more) if backward else (more, query.cursor is not None)
    return (
        _encode_cursor(order, _FORWARD, rows[-1]) if has_next else None,
        _encode_cursor(order, _BACKWARD, rows[0]) if has_prev else None,
    )


def _encode_cursor(order: Order, direction: str, row: AnyRow) -> str:
    *_, key, row_id = row
    text = key.astimezone(UTC).isoformat() if isinstance(key, datetime) else key
    position = json.dumps([order.name, direction, str(text) if isinstance(text, UUID) else text, str(row_id)])
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def _decode_cursor(cursor: str, order: Order) -> _Position:
    """The position of a cursor made for this order; anything else is a RejectedError."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, direction, key, row_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != order.name or direction not in (_FORWARD, _BACKWARD):
            raise ValueError(name)
        return _Position(direction == _BACKWARD, _parse_key(key, order.key.type.python_type), UUID(row_id))
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        msg = "This cursor is not one of this list. Take `next` or `prev` of a page as it is."
        raise RejectedError(msg, field="cursor") from error


def _parse_key(value: object, kind: type) -> SortKey:
    if kind is int and type(value) is int and _BIGINT_MIN <= value <= _BIGINT_MAX:
        return value
    if isinstance(value, str) and "\0" not in value:
        if kind is datetime:
            return datetime.fromisoformat(value).astimezone(UTC)
        if kind is UUID:
            return UUID(value)
        if kind is str:
            value.encode()
            return value
    raise ValueError(value)
