"""Measures the way to the cloud's API, one direction at a time. Loaded when it is asked for: HTTP costs a router memory."""

import http.client
import time

from spotfi_agent.commands.cloud_api import UnreachedError, connect
from spotfi_agent.commands.device import Device
from spotfi_agent.commands.order import Output

_PATH = "/api/v1/device/speed"
_EACH_WAY_S = 10.0
_CONNECT_S = 10.0
_BLOCK = bytes(256 * 1024)
"""The API takes bodies of at most a megabyte; of this one only the answer counts."""


def measure_down(device: Device, most_bytes: int, output: Output) -> tuple[int, float]:
    """Bytes that came, and the seconds they took. UnreachedError."""
    connection = connect(device, _CONNECT_S, output)
    try:
        connection.request("GET", f"{_PATH}?bytes={most_bytes}", headers=device.headers())
        answer = _accepted(connection.getresponse())
        began_s, got = time.monotonic(), 0
        while time.monotonic() - began_s < _EACH_WAY_S and (data := answer.read1(64 * 1024)):
            got += len(data)
        return got, time.monotonic() - began_s
    except (OSError, http.client.HTTPException) as error:
        raise UnreachedError(str(error) or type(error).__name__) from error
    finally:
        connection.close()


def measure_up(device: Device, most_bytes: int, output: Output) -> tuple[int, float]:
    """Bytes the server confirmed, and the seconds they took. UnreachedError."""
    connection = connect(device, _CONNECT_S + _EACH_WAY_S, output)
    headers = {**device.headers(), "Content-Type": "application/octet-stream"}
    try:
        connection.connect()
        began_s, arrived = time.monotonic(), 0
        while arrived < most_bytes and time.monotonic() - began_s < _EACH_WAY_S:
            connection.request("POST", _PATH, _BLOCK, headers)
            _accepted(connection.getresponse()).read()
            arrived += len(_BLOCK)
        return arrived, time.monotonic() - began_s
    except (OSError, http.client.HTTPException) as error:
        raise UnreachedError(str(error) or type(error).__name__) from error
    finally:
        connection.close()


def _accepted(answer: http.client.HTTPResponse) -> http.client.HTTPResponse:
    if answer.status >= http.client.BAD_REQUEST:
        msg = f"it answered with status {answer.status}"
        raise http.client.HTTPException(msg)
    return answer
