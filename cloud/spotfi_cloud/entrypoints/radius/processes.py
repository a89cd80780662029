"""Several processes of the role on the same ports (SO_REUSEPORT): the kernel shares the requests out by source.

They are forked before anything runs, so they share the memory of the code and start at once.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing.context import ForkProcess
from types import FrameType

import structlog
import uvloop

from spotfi_cloud.entrypoints.radius.server import serve
from spotfi_cloud.entrypoints.refusal import EXIT_REFUSED, say_why
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.kernel.errors import SpotFiError

_log = structlog.get_logger(__name__)
_STOP_S = 2.8
_RESTART_S = 1.0
_LOOK_S = 0.1


def run_processes(settings: Settings, count: int) -> None:
    """Keep `count` processes alive until SIGTERM or SIGINT; they end with this one, however it ends.

    Raises SystemExit where one of them has said why it cannot serve.
    """
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    processes = [_start(settings, number) for number in range(count)]
    while not stopping:
        time.sleep(_LOOK_S)
        for index, process in enumerate(processes):
            if process.exitcode is not None and not stopping:
                processes[index] = _replace(process, processes, settings, index)
    _stop(processes)


def _start(settings: Settings, number: int) -> ForkProcess:
    process = multiprocessing.get_context("fork").Process(target=_serve_share, args=(settings, number), daemon=True)
    process.start()
    return process


def _replace(ended: ForkProcess, processes: list[ForkProcess], settings: Settings, number: int) -> ForkProcess:
    if ended.exitcode == EXIT_REFUSED:
        _stop(processes)
        raise SystemExit(EXIT_REFUSED)
    _log.error("process_ended", role="radius", status=ended.exitcode, restart_in_s=_RESTART_S)
    time.sleep(_RESTART_S)
    return _start(settings, number)


def _stop(processes: list[ForkProcess]) -> None:
    for process in processes:
        process.terminate()
    deadline_s = time.monotonic() + _STOP_S
    for process in processes:
        process.join(max(0.0, deadline_s - time.monotonic()))
        if process.exitcode is None:
            process.kill()


def _serve_share(settings: Settings, number: int) -> None:
    """One of several processes; until it listens to signals itself, they end it as they end any program."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        uvloop.run(serve(settings, shared_ports=True, number=number))
    except SpotFiError as error:
        sys.exit(say_why(error))


def _end_with_parent() -> None:
    """A parent that was killed leaves nobody who would stop this process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
