"""Which page an HTTP request asks for, apart from `pages.py` so that roles without HTTP need not load it."""

from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query

from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.storage.pages import DEFAULT_LIMIT, MAX_LIMIT, PageQuery

_MAX_CURSOR_CHARACTERS = 2000


Format = Literal["json", "csv"]


async def _read_page_query(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows per page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=_MAX_CURSOR_CHARACTERS, description="`next` or `prev` of another page.")
    ] = None,
    ids: Annotated[
        list[str] | None, Query(description="Only these ids, up to 200; repeated or separated by commas.")
    ] = None,
    # What csv means is the api entrypoint's business: it walks over all pages.
    _format: Annotated[
        Format, Query(alias="format", description="`csv`: the whole list as a file; so does `Accept: text/csv`.")
    ] = "json",
) -> PageQuery:
    return PageQuery(limit, cursor, None if ids is None else _parse_ids(ids))


PageRequest = Annotated[PageQuery, Depends(_read_page_query)]
"""Parameter type by which an endpoint receives `?limit=`, `?cursor=` and `?ids=`."""


def sorted_by(*keys: str) -> Any:
    """Like `PageRequest` for a list that takes `?sort=` with one of these keys: `Annotated[PageQuery, sorted_by(…)]`.

    The first one, descending, is the order where nothing is asked for.
    """
    values = [f"{sign}{key}" for key in keys for sign in ("-", "")]
    sort_query = Query(
        pattern=f"^({'|'.join(values)})$",
        description=f"Key of the order, with a minus: descending. `{values[0]}` where left out.",
        examples=[values[0]],
        json_schema_extra={"enum": values},
    )

    async def read(page: PageRequest, sort: Annotated[str | None, sort_query] = None) -> PageQuery:
        return replace(page, sort=sort)

    return Depends(read)


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
