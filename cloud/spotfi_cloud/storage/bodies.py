"""Request bodies: their base classes, and field types that fit PostgreSQL's columns whatever a client sends.

A body refuses fields it does not know, so that a misspelt one is answered and not ignored. Numbers and booleans are
taken from JSON numbers and booleans only.
"""

import unicodedata
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

MAX_AMOUNT_MINOR = 10**15
"""Bound of one amount of money in minor units; leaves bigint room for sums."""
MAX_BYTES = 10**18
"""Bound of one volume in bytes; leaves bigint room for sums."""


def printable(text: str) -> str:
    """The text, unless it holds control characters (NUL among them), which neither people nor PostgreSQL can take."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        msg = "it must not contain control characters"
        raise ValueError(msg)
    return text


def within_bytes(maximum: int) -> Callable[[str], str]:
    """A check that a text takes at most so many bytes in UTF-8."""

    def check(text: str) -> str:
        if len(text.encode()) > maximum:
            msg = f"it must not be longer than {maximum} bytes in UTF-8"
            raise ValueError(msg)
        return text

    return check


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(printable)]
SearchText = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(printable)]
AmountMinor = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT_MINOR)]
Bytes = Annotated[int, Field(strict=True, ge=0, le=MAX_BYTES)]
Flag = Annotated[bool, Field(strict=True)]

OnlyIfGiven = Field(default_factory=lambda: None)
"""For fields of a `PatchBody`: may be left out. Null is refused unless the type itself allows it."""


class RequestBody(BaseModel):
    """Base of every body that is sent to the API."""

    model_config = ConfigDict(extra="forbid")


class PatchBody(RequestBody):
    """Base of a PATCH body (in the manner of RFC 7396): fields left out stay as they are, null clears."""

    def given(self) -> dict[str, Any]:
        """The fields that were sent, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ResponseBody(BaseModel):
    """Base of what the API answers; made from rows by `model_validate`."""

    model_config = ConfigDict(from_attributes=True)
