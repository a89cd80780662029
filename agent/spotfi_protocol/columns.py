"""Columns: one list per figure over a whole batch, each number as the difference to the one before it.

A column that is the same throughout is that value alone; None marks a gap. Fractions travel as whole tenths or hundredths,
memory as KiB. Pure; the `unpack` side trusts nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any, TypeVar

from spotfi_protocol.fields import Fields, reject

MAX_TABLES = 64
"""Most interfaces of a sample."""
MAX_NAME = 64
"""Longest name of an interface (Linux allows 15 characters), longest address."""
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_WHOLE = frozenset({int, type(None)})

Record = TypeVar("Record")


def pack_numbers(values: Sequence[int | None]) -> Any:
    """A column; None where every value is."""
    first = values[0]
    if all(value == first for value in values):
        return first
    column: list[int | None] = []
    before = 0
    for value in values:
        column.append(None if value is None else value - before)
        before = before if value is None else value
    return column


def unpack_numbers(name: str, column: object, count: int) -> Sequence[int | None]:
    """The values of a column of `count`, of either sign. ProtocolError naming it where it is none."""
    if column is None:
        return [None] * count
    if type(column) is int:
        _check_within(name, column, column)
        return [column] * count
    if not isinstance(column, list) or len(column) != count or not set(map(type, column)) <= _WHOLE:
        reject(name, f"a whole number or a list of {count}")
    values = list(accumulate(step for step in column if step is not None))
    if values:
        _check_within(name, min(values), max(values))
    if len(values) == count:
        return values
    following = iter(values)
    return [None if step is None else next(following) for step in column]


def unpack_counts(name: str, column: object, count: int) -> Sequence[int | None]:
    """The same for numbers that cannot be negative."""
    values = unpack_numbers(name, column, count)
    if any(value is not None and value < 0 for value in values):
        reject(name, "a whole number from 0 to 2^63-1")
    return values


def _check_within(name: str, least: int, most: int) -> None:
    if not _LEAST <= least <= most <= _MOST:
        reject(name, "within 64 bits")


def pack_texts(values: Sequence[str | None]) -> Any:
    first = values[0]
    return first if all(value == first for value in values) else list(values)


def unpack_texts(name: str, column: object, count: int) -> Sequence[str | None]:
    if column is None or isinstance(column, str):
        column = [column] * count
    if not isinstance(column, list) or len(column) != count:
        reject(name, f"a text or a list of {count}")
    for value in column:
        if value is not None:
            check_text(name, value)
    return column


def check_text(name: str, value: object) -> None:
    if not isinstance(value, str) or len(value) > MAX_NAME or "\0" in value:
        reject(name, f"a text of at most {MAX_NAME} characters")


def pack_tables(tables: Sequence[Mapping[str, Any]], slots: Sequence[str]) -> dict[str, list[Any]]:
    """One list of columns per name; a sample without the name has a gap in all of them."""
    packed: dict[str, list[Any]] = {}
    for name in dict.fromkeys(name for table in tables for name in table):
        records = [table.get(name) for table in tables]
        packed[name] = [pack_numbers([_whole(record, slot) for record in records]) for slot in slots]
    return packed


def _whole(record: object, slot: str) -> int | None:
    value = getattr(record, slot, None)
    return None if value is None else int(value)


def unpack_tables(
    field: str, body: Fields, count: int, slots: Sequence[str], to_record: Callable[[Sequence[Any]], Record | None]
) -> list[dict[str, Record]]:
    """One table per sample. `to_record` gives None for a row that is a gap."""
    tables: list[dict[str, Record]] = [{} for _ in range(count)]
    for name, columns in body.mapping(field, MAX_TABLES).items():
        check_text(field, name)
        where = f"{field}.{name}"
        if not isinstance(columns, list) or len(columns) != len(slots):
            reject(where, f"{len(slots)} columns")
        pairs = zip(slots, columns, strict=True)
        rows = zip(*(_unpack_slot(where, slot, column, count) for slot, column in pairs), strict=True)
        for table, row in zip(tables, rows, strict=True):
            if (record := to_record(row)) is not None:
                table[name] = record
    return tables


def _unpack_slot(where: str, slot: str, column: object, count: int) -> Sequence[int | None]:
    return (unpack_numbers if slot.endswith("_dbm") else unpack_counts)(where, column, count)
