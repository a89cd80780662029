"""Bounds of request bodies: how large, and how deeply nested, before anything parses them."""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spotfi_cloud.entrypoints.api.problems import problem_response

MAX_BODY_BYTES = 1024 * 1024
_LARGER_BYTES = {"/api/v1/subscribers/import": 16 * 1024 * 1024}
"""Of routes that take files."""
MAX_JSON_DEPTH = 32
_TOO_LARGE = "A request body may have at most {} bytes."
_TOO_DEEP = f"A request body may be nested at most {MAX_JSON_DEPTH} levels deep."
_BRACKETS_AND_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def deeper_than(body: bytes, depth: int) -> bool:
    """Whether the JSON text nests objects and arrays deeper than that; linear in its length, and for most bodies one count."""
    if body.count(b"{") + body.count(b"[") <= depth:
        return False
    level = 0
    for found in _BRACKETS_AND_TEXTS.finditer(body):
        sign = found[0]
        if sign in b"{[":
            level += 1
            if level > depth:
                return True
        elif sign in b"}]":
            level -= 1
    return False


class BodyLimit:
    """Refuses bodies over MAX_BODY_BYTES (files: over theirs), at once where their length is declared, else as they grow.

    And JSON that is too deep.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if "content-length" not in headers and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        most_bytes = _LARGER_BYTES.get(scope["path"], MAX_BODY_BYTES)
        declared = headers.get("content-length", "0")
        too_large = not declared.isdecimal() or int(declared[:20]) > most_bytes
        body = None if too_large else await _read(receive, most_bytes)
        if body is None:
            await problem_response(413, "body_too_large", _TOO_LARGE.format(most_bytes))(scope, receive, send)
        elif not headers.get("content-type", "").startswith(("image/", "text/csv")) and deeper_than(
            body, MAX_JSON_DEPTH
        ):
            await problem_response(422, "body_too_deep", _TOO_DEEP)(scope, receive, send)
        else:
            await self._app(scope, _replaying(body, receive), send)


async def _read(receive: Receive, most_bytes: int) -> bytes | None:
    """The whole body, or None as soon as it is too large. A client that leaves has sent what it has sent."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > most_bytes:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replaying(body: bytes, receive: Receive) -> Receive:
    """`receive` once more from the start."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
