"""No request waits for ever."""

import asyncio

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from spotfi_cloud.entrypoints.api.deadline import Deadline


def client_of(app: Deadline) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://spotfi.test")


async def test_an_answer_that_does_not_begin_is_a_503_and_its_work_is_cancelled() -> None:
    ended = asyncio.Event()

    async def hanging(_scope: Scope, _receive: Receive, _send: Send) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with client_of(Deadline(hanging, 0.05)) as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.json()["code"]) == (503, "timed_out")
    assert answer.headers["retry-after"]
    await asyncio.wait_for(ended.wait(), 5)


async def test_an_answer_that_began_may_take_its_time() -> None:
    async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"whole"})

    async with client_of(Deadline(slow, 0.05)) as client:
        assert (await client.get("/")).text == "whole"


async def test_an_error_passes_through() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ValueError("broken")

    async with client_of(Deadline(broken, 5)) as client:
        with pytest.raises(ValueError, match="broken"):
            await client.get("/")
