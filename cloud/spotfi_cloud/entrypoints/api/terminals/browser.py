"""The near end of a terminal: a browser's WebSocket. Its frames are described in docs/API.md.

Binary frames are the terminal's bytes, both ways. Text frames are JSON: `resize` from the browser, `opened`, `exit` and
`error` to it.
"""

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocket

from spotfi_protocol.terminal import MAX_COLUMNS_OR_ROWS, Closed, EndReason

SUBPROTOCOL = "spotfi.terminal.v1"
TICKET_PREFIX = "ticket."
# WebSocket close codes (RFC 6455 §7.4.1).
_NORMAL, _GOING_AWAY, _POLICY, _RESTARTING = 1000, 1001, 1008, 1012


class ScreenSize(BaseModel):
    """How large the screen is, in characters."""

    model_config = ConfigDict(strict=True, frozen=True)

    columns: int = Field(80, ge=1, le=MAX_COLUMNS_OR_ROWS)
    rows: int = Field(24, ge=1, le=MAX_COLUMNS_OR_ROWS)


class _Resize(ScreenSize):
    type: Literal["resize"]


class LeftError(Exception):
    """The browser went away, or speaks of something else; or this process is stopping."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason)
        self.reason = reason


def offered_ticket(websocket: WebSocket) -> str | None:
    """The ticket among the subprotocols the browser offers; None where they are not those of a terminal."""
    offered: list[str] = websocket.scope.get("subprotocols", [])
    tickets = [each.removeprefix(TICKET_PREFIX) for each in offered if each.startswith(TICKET_PREFIX)]
    return tickets[0] if SUBPROTOCOL in offered and len(tickets) == 1 else None


def wanted_size(websocket: WebSocket) -> ScreenSize | None:
    """The size in the URL's `columns` and `rows`; None where it is none."""
    given = {name: value for name, value in websocket.query_params.items() if name in ScreenSize.model_fields}
    try:
        return ScreenSize.model_validate_strings(given)
    except ValidationError:
        return None


async def receive(websocket: WebSocket) -> bytes | ScreenSize:
    """What was typed, or the new size. LeftError at the end, or for a frame that is neither."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise LeftError(EndReason.STOPPED if message.get("code") == _RESTARTING else EndReason.LEFT)
    data: bytes | None = message.get("bytes")
    if data is not None:
        return data
    try:
        return _Resize.model_validate_json(message["text"])
    except ValidationError as error:
        raise LeftError(EndReason.LEFT) from error


async def tell(websocket: WebSocket, kind: str, **fields: str | int | None) -> None:
    """A text frame."""
    await websocket.send_text(json.dumps({"type": kind, **fields}))


async def say_goodbye(websocket: WebSocket, closed: Closed) -> None:
    """The last frame, and the close."""
    if closed.reason is EndReason.EXITED:
        await tell(websocket, "exit", status=closed.exit_status)
        await websocket.close(_NORMAL)
    else:
        await tell(websocket, "error", reason=closed.reason.value, message=closed.message)
        await websocket.close(_GOING_AWAY if closed.reason is EndReason.STOPPED else _POLICY)
