"""Reads the machine in a thread of its own: a sick flash or a service that hangs must not hold up the link."""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

from spotfi_agent.collectors.machine import Machine
from spotfi_protocol.samples import Sample

_log = logging.getLogger(__name__)


class Sampler:
    """One reading at a time; who asks while one is under way gets that one."""

    def __init__(self, machine: Machine, taken: Callable[[Sample], None]) -> None:
        """`taken` is called in the sampler's thread."""
        self._machine = machine
        self._taken = taken
        self._wishes: SimpleQueue[bool] = SimpleQueue()
        self._is_reading = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)

    def ask(self, *, clients: bool) -> None:
        """Take a sample soon, with a row for every client where `clients` says so."""
        if self._is_reading.is_set():
            return
        self._is_reading.set()
        self._wishes.put(clients)
        if not self._thread.is_alive():
            self._start()

    def _start(self) -> None:
        try:
            self._thread.start()
        except (RuntimeError, MemoryError) as error:  # "can't start new thread"; the next sample tries again
            _log.error("sampler_refused error=%s", error)
            self._wishes.get()
            self._is_reading.clear()

    def _run(self) -> None:
        while True:
            clients = self._wishes.get()
            try:
                self._taken(self._machine.read(clients=clients))
            except Exception:  # noqa: BLE001 - whatever a machine's files say, the next sample is taken
                _log.exception("sample_failed")
            finally:
                self._is_reading.clear()
