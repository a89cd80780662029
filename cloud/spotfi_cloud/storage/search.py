"""Search by the beginnings of words, by an index of each list's words (migration 0013): `?search=caf 12` finds "Café, Bar 120".

Few matches are gathered by that index and then put in order; where most rows match, the list's order is walked and the others
are skipped. Either takes time by what is shown, not by the length of the table.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.storage.pages import AnyRow, AnySelect, Order, PageQuery, Slice, Sorting, fetch_page

T = TypeVar("T")
_MANY = 20_000
"""From so many matches on the list's order is walked; up to there sorting them is quicker."""


def words_of(source: ColumnElement[str] | Any) -> ColumnElement[Any]:
    """The words of a text; an index of this very expression is what makes a search fast."""
    return func.search_words(source, type_=TSVECTOR())


async def fetch_found_page(
    session: AsyncSession,
    statement: AnySelect,
    query: PageQuery,
    by: Order | Sorting,
    *,
    words: ColumnElement[Any],
    search: str | None,
    make: Callable[[AnyRow], T],
) -> Slice[T]:
    """Like `fetch_page`, only of rows among whose `words` each word of `search` begins one; None: of all rows."""
    if search is None:
        return await fetch_page(session, statement, query, by, make=make)
    found = words.bool_op("@@")(func.search_query(search))
    bounded = select(by.id).where(found).limit(_MANY).subquery()
    count = await session.scalar(select(func.count()).select_from(bounded)) or 0
    if count < _MANY:
        return await fetch_page(session, statement, query, by, make=make, gathered_by=found)
    return await fetch_page(session, statement.where(found), query, by, make=make)
