"""HTTPS to the cloud's API with the router's own key. Loaded when it is asked for: HTTP costs a router memory."""

import http.client
import socket

from spotfi_agent.commands.device import Device
from spotfi_agent.commands.order import Output


class UnreachedError(Exception):
    """The API did not answer, or not as it should; the text says how."""


class RefusedByApiError(Exception):
    """The API answered with an error; the text is its status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"it answered with status {status}")
        self.status = status


def connect(device: Device, timeout_s: float, output: Output) -> http.client.HTTPSConnection:
    """A connection that ends when nobody waits for it any more."""
    connection = http.client.HTTPSConnection(
        device.api_host, device.api_port, timeout=timeout_s, context=device.context
    )
    output.when_closed(lambda: _cut(connection))
    return connection


def fetch(device: Device, path: str, most_bytes: int, output: Output, timeout_s: float = 20.0) -> bytes:
    """The body at this path. UnreachedError, also for one that is longer; RefusedByApiError."""
    connection = connect(device, timeout_s, output)
    try:
        connection.request("GET", path, headers=device.headers())
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise RefusedByApiError(answer.status)
        body = answer.read(most_bytes + 1)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachedError(str(error) or type(error).__name__) from error
    finally:
        connection.close()
    if len(body) > most_bytes or answer.length:
        msg = f"{path} did not come whole, or is longer than {most_bytes} bytes"
        raise UnreachedError(msg)
    return body


def _cut(connection: http.client.HTTPSConnection) -> None:
    """Wake whoever reads or writes there; closing alone would not."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
