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
_NUMBERS = {int}
_NUMBERS_AND_GAPS = {int, type(None)}

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


def unpack_numbers(name: str, column: object, count: int, least: int = _LEAST) -> Sequence[int | None]:
    """The values of a column of `count`, none below `least`. ProtocolError naming it where it is none."""
    values: Sequence[int | None] = ()
    if type(column) is int:
        values = (column,) * count if least <= column <= _MOST else ()
    elif column is None:
        values = (None,) * count
    elif type(column) is list and len(column) == count:
        values = _unpack_steps(column, least)
    if not values:
        reject(name, f"a whole number, or a list of {count}, from {least} to 2^63-1")
    return values


def _unpack_steps(column: list[Any], least: int) -> Sequence[int | None]:
    """Empty where they are none."""
    kinds = set(map(type, column))
    if not kinds <= _NUMBERS_AND_GAPS:
        return ()
    has_gaps = kinds != _NUMBERS
    values = tuple(accumulate(step for step in column if step is not None) if has_gaps else accumulate(column))
    if values and not (least <= min(values) and max(values) <= _MOST):
        return ()
    if not has_gaps:
        return values
    following = iter(values)
    return [None if step is None else next(following) for step in column]


def unpack_counts(name: str, column: object, count: int) -> Sequence[int | None]:
    """The same for numbers that cannot be negative."""
    return unpack_numbers(name, column, count, 0)


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
    leasts = [_LEAST if slot.endswith("_dbm") else 0 for slot in slots]
    for name, columns in body.mapping(field, MAX_TABLES).items():
        check_text(field, name)
        if not isinstance(columns, list) or len(columns) != len(slots):
            reject(f"{field}.{name}", f"{len(slots)} columns")
        unpacked = [unpack_numbers(name, column, count, least) for column, least in zip(columns, leasts, strict=True)]
        for table, row in zip(tables, zip(*unpacked, strict=True), strict=True):
            if (record := to_record(row)) is not None:
                table[name] = record
    return tables
