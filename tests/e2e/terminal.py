"""A browser with a terminal open, as far as the WebSocket goes."""

import json
import time
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.e2e.installation import Api, Installation

SUBPROTOCOL = "spotfi.terminal.v1"


class Browser:
    """One terminal. What is shown adds up in `shown`, text frames in `told`."""

    def __init__(self, websocket: ClientConnection) -> None:
        self.shown, self.typed_bytes = b"", 0
        self.told: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self._websocket = websocket

    @classmethod
    def open(cls, installation: Installation, api: Api, router_id: str, size: str = "") -> "Browser":
        ticket = api.post(f"/routers/{router_id}/terminals")["ticket"]
        browser = cls(dial(installation, router_id, ticket, size=size))
        browser.wait_until("it is open or refused", lambda: bool(browser.told))
        return browser

    def type(self, text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.encode()
        self._websocket.send(data)
        self.typed_bytes += len(data)

    def resize(self, columns: int, rows: int) -> None:
        self.say({"type": "resize", "columns": columns, "rows": rows})

    def say(self, frame: dict[str, Any]) -> None:
        self._websocket.send(json.dumps(frame))

    def shows(self, text: str, *, within_s: float = 30) -> None:
        self.wait_until(f"{text!r} is shown", lambda: text.encode() in self.shown, within_s=within_s)

    def end(self, *, within_s: float = 30) -> dict[str, Any]:
        """The last text frame, once the WebSocket is closed."""
        self.wait_until("it is closed", lambda: self.close_code is not None, within_s=within_s)
        return self.told[-1]

    def leave(self) -> None:
        self._websocket.close()

    def wait_until(self, what: str, look: Any, *, within_s: float = 30) -> None:
        end_s = time.monotonic() + within_s
        while not look():
            assert time.monotonic() < end_s, (
                f"not within {within_s:g} s: {what}; shown: {self.shown[-500:]!r} {self.told}"
            )
            assert self.close_code is None, f"closed before: {what}; {self.told}"
            self.receive(0.2)

    def receive(self, timeout_s: float) -> None:
        try:
            frame = self._websocket.recv(timeout=timeout_s)
        except TimeoutError:
            return
        except ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd else 1006
            return
        if isinstance(frame, bytes):
            self.shown += frame
        else:
            self.told.append(json.loads(frame))


def dial(
    installation: Installation, router_id: str, *tickets: str, origin: str | None = None, size: str = ""
) -> ClientConnection:
    """The WebSocket, offering these tickets; `size` as in `columns=80&rows=24`."""
    return connect(
        f"ws{installation.url.removeprefix('http')}/api/v1/routers/{router_id}/terminal?{size}",
        subprotocols=[Subprotocol(SUBPROTOCOL), *(Subprotocol(f"ticket.{ticket}") for ticket in tickets)],
        additional_headers={} if origin is None else {"Origin": origin},
        proxy=None,
    )


def refused(installation: Installation, router_id: str, *tickets: str, origin: str | None = None) -> tuple[int, str]:
    """Status and code of a handshake that is denied."""
    try:
        dial(installation, router_id, *tickets, origin=origin).close()
    except InvalidStatus as denied:
        return denied.response.status_code, json.loads(denied.response.body or b"{}").get("code", "")
    raise AssertionError("not refused")
