"""Which page an HTTP request asks for, apart from `pages.py` so that roles without HTTP need not load it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.storage.pages import DEFAULT_LIMIT, MAX_LIMIT, PageQuery

_MAX_CURSOR_CHARACTERS = 2000


def _read_page_query(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows per page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=_MAX_CURSOR_CHARACTERS, description="`next` or `prev` of another page.")
    ] = None,
    ids: Annotated[
        list[str] | None, Query(description="Only these ids, up to 200; repeated or separated by commas.")
    ] = None,
) -> PageQuery:
    return PageQuery(limit, cursor, None if ids is None else _parse_ids(ids))


PageRequest = Annotated[PageQuery, Depends(_read_page_query)]
"""Parameter type by which an endpoint receives `?limit=`, `?cursor=` and `?ids=`."""


def _parse_ids(values: list[str]) -> tuple[UUID, ...]:
    texts = [text for value in values for text in value.split(",") if text]
    if len(texts) > MAX_LIMIT:
        msg = f"At most {MAX_LIMIT} ids can be asked for at once."
        raise RejectedError(msg, field="ids")
    try:
        return tuple(UUID(text) for text in texts)
    except ValueError as error:
        msg = "Every id must be a UUID."
        raise RejectedError(msg, field="ids") from error
