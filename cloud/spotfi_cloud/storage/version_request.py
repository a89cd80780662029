"""ETag and If-Match of HTTP, apart from `versions.py` so that roles without HTTP need not load it."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.storage.versions import ANY_VERSION, Expected, Versioned, version_of

_TAGS = re.compile(r'(W/)?"([\x21\x23-\x7e]{0,100})"')


async def _read_if_match(
    if_match: Annotated[
        str | None,
        Header(
            max_length=1000, description="The `ETag` of what you read: 412 if it has changed since.", examples=["*"]
        ),
    ] = None,
) -> Expected:
    if if_match is None or if_match.strip() == "*":
        return ANY_VERSION
    tags = [_TAGS.fullmatch(each.strip()) for each in if_match.split(",")]
    if None in tags:
        msg = 'If-Match takes the ETag of an answer with its quotation marks, such as "0f3c", or *.'
        raise RejectedError(msg, field="If-Match")
    # A weak tag never matches (RFC 9110 §13.1.1).
    return Expected(frozenset(tag[2] for tag in tags if tag is not None and not tag[1]))


IfMatch = Annotated[Expected, Depends(_read_if_match)]
"""Parameter type by which an endpoint that changes something receives what its caller has seen."""


def show_version(response: Response, row: Versioned) -> None:
    """Put the row's version into the answer as its ETag."""
    response.headers["ETag"] = f'"{version_of(row)}"'
