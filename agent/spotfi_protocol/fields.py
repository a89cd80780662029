"""Reading JSON objects that a stranger made: every field is checked for type and bound before it is used."""

from enum import StrEnum
from typing import Any, NoReturn
from uuid import UUID

from spotfi_protocol.errors import ProtocolError

_MAX_COUNT = (1 << 63) - 1
"""Counters are stored as 64-bit signed integers."""


def reject(name: str, expected: str) -> NoReturn:
    msg = f"field '{name}' must be {expected}"
    raise ProtocolError(msg)


class Fields:
    """A JSON object whose fields are taken out one by one, or refused."""

    def __init__(self, body: dict[str, Any], *, path: str = "") -> None:
        self._body = body
        self._path = path

    def count(self, name: str) -> int:
        value = self._body.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_COUNT:
            reject(self._path + name, "a whole number from 0 to 2^63-1")
        return value

    def optional_count(self, name: str) -> int | None:
        return None if self._body.get(name) is None else self.count(name)

    def optional_whole(self, name: str) -> int | None:
        value = self._body.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MAX_COUNT:
            reject(self._path + name, "a whole number")
        return value

    def counts(self, name: str, most: int) -> tuple[int, ...]:
        values = self._body.get(name)
        if not isinstance(values, list) or len(values) > most:
            reject(self._path + name, f"a list of at most {most} numbers")
        return tuple(Fields({name: value}, path=self._path).count(name) for value in values)

    def text(self, name: str, most: int) -> str:
        value = self._body.get(name)
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            reject(self._path + name, f"a text of at most {most} characters")
        return value

    def flag(self, name: str) -> bool:
        value = self._body.get(name)
        if not isinstance(value, bool):
            reject(self._path + name, "true or false")
        return value

    def uuid(self, name: str) -> UUID:
        try:
            return UUID(self.text(name, 36))
        except ValueError:
            reject(self._path + name, "a UUID")

    def choice(self, name: str, choices: type[StrEnum]) -> str:
        value = self.text(name, 64)
        if value not in choices.__members__.values():
            reject(self._path + name, "one of " + ", ".join(choices))
        return value

    def mapping(self, name: str, most: int) -> dict[str, Any]:
        value = self._body.get(name)
        if not isinstance(value, dict) or len(value) > most:
            reject(self._path + name, f"an object of at most {most} fields")
        return value
