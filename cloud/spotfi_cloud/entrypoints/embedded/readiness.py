"""Asks the API whether the platform is ready: one GET of /readyz by hand, as an HTTP client is slow to import."""

import asyncio

import structlog

_log = structlog.get_logger(__name__)
_POLL_S = 0.05
_REMIND_S = 10.0
_ANSWER_S = 2.0


async def until_ready(host: str, port: int) -> None:
    """Return once /readyz answers 200, however long that takes; say every ten seconds what it says instead."""
    loop = asyncio.get_running_loop()
    remind_at = loop.time() + _REMIND_S
    while (answer := await _ask(host, port)) != "200":
        if loop.time() >= remind_at:
            _log.warning("readiness_awaited", readyz=answer)
            remind_at = loop.time() + _REMIND_S
        await asyncio.sleep(_POLL_S)


async def _ask(host: str, port: int) -> str:
    """The status of /readyz, or why there is none."""
    try:
        async with asyncio.timeout(_ANSWER_S):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            status_line = (await reader.readline()).split()
            writer.close()
    except (OSError, TimeoutError) as error:
        return str(error) or "no answer"
    return status_line[1].decode() if len(status_line) > 1 else "no answer"
