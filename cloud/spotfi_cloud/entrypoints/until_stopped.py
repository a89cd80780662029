"""Run a role's endless tasks until the process is told to stop."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any


async def run_until_stopped(*endless: Coroutine[Any, Any, None]) -> None:
    """Run the coroutines together until SIGTERM or SIGINT, then cancel them and wait for their end.

    If one ends by itself or fails, the others are cancelled and its error is raised: the supervisor starts afresh.
    """
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    waiting = asyncio.create_task(told.wait())
    tasks = [asyncio.create_task(coroutine) for coroutine in endless]
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (waiting, *tasks):
        task.cancel()
    await asyncio.gather(waiting, *tasks, return_exceptions=True)
    for task in done - {waiting}:
        task.result()
