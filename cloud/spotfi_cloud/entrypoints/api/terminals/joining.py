"""The two ends of a terminal joined: each direction goes at the pace of whoever takes it."""

import asyncio
import contextlib
from uuid import UUID

from starlette.websockets import WebSocket

from spotfi_cloud.entrypoints.api.terminals import browser
from spotfi_cloud.entrypoints.api.terminals.browser import LeftError
from spotfi_cloud.entrypoints.api.terminals.remote import RemoteTerminal
from spotfi_protocol.terminal import Closed, EndReason, Opened, Output

_ANSWER_S = 10.0
_LINGER_S = 2.0
_NO_ANSWER = "The router does not answer. Its agent may be too old for terminals, or its connection has just broken."


async def show(websocket: WebSocket, remote: RemoteTerminal, terminal_id: UUID) -> Closed:
    """What the router says goes to the browser, at the browser's pace; how the router says it ended."""
    try:
        async with asyncio.timeout(_ANSWER_S):
            act = await remote.next_act()
    except TimeoutError:
        return Closed(EndReason.LINK_LOST, _NO_ANSWER)
    while not isinstance(act, Closed):
        match act:
            case Opened():
                await browser.tell(websocket, "opened", id=str(terminal_id))
            case Output(data):
                await websocket.send_bytes(data)
        remote.done_with_act(act)
        act = await remote.next_act()
    remote.done_with_act(act)
    return act


async def take_input(websocket: WebSocket, remote: RemoteTerminal) -> Closed:
    """What is typed goes to the router, at the router's pace; returns when the browser has gone away."""
    while True:
        try:
            message = await browser.receive(websocket)
        except LeftError as left:
            return Closed(left.reason, "")
        if isinstance(message, bytes):
            await remote.type(message)
        else:
            await remote.resize(message.columns, message.rows)


async def end(remote: RemoteTerminal, closed: Closed) -> None:
    """Have the router end it, and wait a little until it says that nothing runs any more."""
    remote.close(closed.reason)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            act = await remote.next_act()
            while not isinstance(act, Closed):
                remote.done_with_act(act)
                act = await remote.next_act()
            remote.done_with_act(act)
