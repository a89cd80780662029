"""Cursors: opaque positions that survive the trip and cannot be made up."""

import base64
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.storage import pages
from spotfi_cloud.storage.pages import Order


class Tables(DeclarativeBase):
    """Apart from the product's metadata, which is compared with its migrations."""


class Thing(Tables):
    """Something to be listed by several keys."""

    __tablename__ = "things"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    name: Mapped[str]
    used_bytes: Mapped[int]


ROW = "3f2b7c1e-9d34-4c55-8a10-6f0d2e5b7a91"
BY_TIME = Order(Thing.created_at, Thing.id)
BY_NAME = Order(Thing.name, Thing.id, descending=False)
BY_USE = Order(Thing.used_bytes, Thing.id)


def cursor_of(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@given(
    instant=st.datetimes(timezones=st.just(UTC)), name=st.text(st.characters(codec="utf-8", exclude_characters="\0"))
)
def test_positions_survive_the_trip(instant: datetime, name: str) -> None:
    row_id = uuid4()
    for order, key in ((BY_TIME, instant), (BY_NAME, name), (BY_USE, 2**63 - 1)):
        for direction in ("after", "before"):
            row = (object(), key, row_id)
            cursor = pages._encode_cursor(order, direction, row)  # type: ignore[arg-type]
            assert pages._decode_cursor(cursor, order) == (direction == "before", key, row_id)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "AAAA",
        "ä",
        cursor_of(),
        cursor_of("created_at-", "after", "2026-01-01T00:00:00+00:00"),
        cursor_of("created_at-", "after", "2026-01-01T00:00:00+00:00", "no id"),
        cursor_of("created_at-", "after", "yesterday", ROW),
        cursor_of("created_at-", "after", "0001-01-01T00:00:00+23:59", ROW),
        cursor_of("created_at-", "sideways", "2026-01-01T00:00:00+00:00", ROW),
        cursor_of("created_at-", "after", 5, ROW),
        cursor_of("created_at+", "after", "2026-01-01T00:00:00+00:00", ROW),
        cursor_of("created_at-", "after", "2026-01-01T00:00:00+00:00", 7),
        cursor_of("created_at-", "after", None, ROW),
        base64.urlsafe_b64encode(b"[" * 900).decode(),
    ],
)
def test_made_up_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(RejectedError, match="not one of this list"):
        pages._decode_cursor(cursor, BY_TIME)


@pytest.mark.parametrize("key", [2**63, -(2**63) - 1, True, 1.5, "1"])
def test_numbers_stay_within_bigint(key: object) -> None:
    with pytest.raises(RejectedError):
        pages._decode_cursor(cursor_of("used_bytes-", "after", key, ROW), BY_USE)


@given(st.text())
def test_garbage_is_refused_and_never_more(cursor: str) -> None:
    with pytest.raises(RejectedError):
        pages._decode_cursor(cursor, BY_NAME)
