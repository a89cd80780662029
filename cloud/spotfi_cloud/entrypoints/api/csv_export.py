"""Every list as a CSV file (RFC 4180): `Accept: text/csv` or `?format=csv` on any route that answers a `Page`.

The app is asked for page after page, as a client would ask, so that scope, filters and order are those of the list; memory
stays that of one page whatever the list's length. Text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

import asyncio
import csv
import io
import json
from collections.abc import Sequence
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spotfi_cloud.storage.pages import MAX_LIMIT, Page

MEDIA_TYPE = "text/csv"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def wants_csv(scope: Scope) -> bool:
    """Whether the request asks for CSV: by its query, else by preferring it to anything else in `Accept`."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    asked: str | None = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("format")
    if asked is not None:
        return asked == "csv"
    first: str = Headers(scope=scope).get("accept", "").split(",")[0]
    return first.split(";", maxsplit=1)[0].strip() == MEDIA_TYPE


def cell(value: Any) -> str:
    """One value as text: what is nested as JSON, text so that no spreadsheet computes it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def lines(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as they stand in the file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


class CsvExport:
    """Turns a list's pages into a file on their way out. Anything that is no list passes through unchanged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not wants_csv(scope):
            await self._app(scope, receive, send)
            return
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            await self._export(scope, send, gone)
        finally:
            gone.cancel()

    async def _export(self, scope: Scope, send: Send, gone: asyncio.Future[None]) -> None:
        """Ask for page after page and send their rows, for as long as the client is there."""
        first = await self._ask(scope, None)
        columns = _columns(scope)
        if columns is None or first.status != 200:
            await first.pass_on(send)
            return
        await send(first.head_of_file(scope["path"].rsplit("/", 1)[-1]))
        await _send_body(send, lines([columns]))
        answer = first
        while True:
            page = json.loads(answer.body)
            await _send_body(send, lines([[cell(item[column]) for column in columns] for item in page["items"]]))
            if page["next"] is None or gone.done():
                break
            answer = await self._ask(scope, page["next"])
            if answer.status != 200:  # a file that lacks its end must not look whole: the connection breaks instead
                msg = f"a page of an export was answered with {answer.status}"
                raise RuntimeError(msg)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _ask(self, scope: Scope, cursor: str | None) -> "_Answer":
        """One page; the route the app chose is left in the outer scope, for the log line."""
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        asked = [(name, value) for name, value in pairs if name not in {"limit", "cursor", "format"}]
        asked.append(("limit", str(MAX_LIMIT)))
        start = cursor or dict(pairs).get("cursor")
        query = urlencode([*asked, *([("cursor", start)] if start else [])]).encode()
        inner: dict[str, Any] = {**scope, "query_string": query, "state": dict(scope.get("state", {}))}
        answer = _Answer()
        await self._app(inner, _no_body, answer.take)
        if "route" in inner:
            scope["route"] = inner["route"]
        return answer


async def _until_gone(receive: Receive) -> None:
    """Ends when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


class _Answer:
    """A page's answer, whole: a page is small."""

    def __init__(self) -> None:
        self.status, self.body = 0, b""
        self._start: Message = {}

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start, self.status = message, message["status"]
        else:
            self.body += message.get("body", b"")

    async def pass_on(self, send: Send) -> None:
        await send(self._start)
        await send({"type": "http.response.body", "body": self.body})

    def head_of_file(self, name: str) -> Message:
        headers = MutableHeaders(raw=list(self._start["headers"]))
        del headers["content-length"]
        headers["Content-Type"] = f"{MEDIA_TYPE}; charset=utf-8"
        headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return {**self._start, "headers": headers.raw}


async def _send_body(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _columns(scope: Scope) -> list[str] | None:
    """The fields of the list's rows, in the order of the API behind the id; None for a route that answers no list."""
    model = getattr(scope.get("route"), "response_model", None)
    if not (isinstance(model, type) and issubclass(model, Page)):
        return None
    (row,) = get_args(model.model_fields["items"].annotation)
    assert issubclass(row, BaseModel)
    names = [field.serialization_alias or name for name, field in row.model_fields.items()]
    return sorted(names, key=lambda name: name != "id")
