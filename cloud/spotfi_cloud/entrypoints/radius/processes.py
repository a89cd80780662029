"""Several processes of the role on the same ports (SO_REUSEPORT): the kernel shares the requests out by source."""

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.context import SpawnProcess
from types import FrameType

import structlog

from spotfi_cloud.entrypoints.process import EXIT_REFUSED

_log = structlog.get_logger(__name__)
_STOP_S = 2.8
_RESTART_S = 1.0
_LOOK_S = 0.1


def run_processes(target: Callable[[], None], count: int) -> None:
    """Keep `count` processes of `target` alive until SIGTERM or SIGINT; they end with this one, however it ends."""
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    context = multiprocessing.get_context("spawn")

    def start() -> SpawnProcess:
        process = context.Process(target=target, daemon=True)
        process.start()
        return process

    processes = [start() for _ in range(count)]
    while not stopping:
        time.sleep(_LOOK_S)
        for index, process in enumerate(processes):
            if process.exitcode == EXIT_REFUSED:
                _stop(processes)
                raise SystemExit(EXIT_REFUSED)
            if process.exitcode is not None and not stopping:
                _log.error("process_ended", role="radius", status=process.exitcode, restart_in_s=_RESTART_S)
                time.sleep(_RESTART_S)
                processes[index] = start()
    _stop(processes)


def _stop(processes: list[SpawnProcess]) -> None:
    for process in processes:
        process.terminate()
    deadline_s = time.monotonic() + _STOP_S
    for process in processes:
        process.join(max(0.0, deadline_s - time.monotonic()))
        if process.exitcode is None:
            process.kill()
