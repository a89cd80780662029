"""Keeps a set of programs running and ends them in order: first what serves, then what it stands on."""

import asyncio

from spotfi_cloud.entrypoints.embedded.output import Output
from spotfi_cloud.entrypoints.embedded.program import Program, RunningProgram

_SERVICES_STOP_S = 3.0
_FOUNDATION_STOP_S = 1.5
"""Together less than the five seconds within which everything has to be gone."""


class Supervisor:
    """Starts programs, restarts them with back-off when they end by themselves, and stops them all."""

    def __init__(self, output: Output | None = None) -> None:
        self._output = output or Output()
        self._services: list[RunningProgram] = []
        self._foundation: list[RunningProgram] = []

    def start(self, program: Program, *, foundation: bool = False) -> RunningProgram:
        """Keep the program running from now on; a `foundation` (the database) is stopped after all others."""
        running = RunningProgram(program, self._output)
        (self._foundation if foundation else self._services).append(running)
        running.start()
        return running

    async def stop(self) -> None:
        """End everything within five seconds, whatever it takes."""
        await _stop_all(self._services, _SERVICES_STOP_S)
        await _stop_all(self._foundation, _FOUNDATION_STOP_S)


async def _stop_all(programs: list[RunningProgram], patience_s: float) -> None:
    await asyncio.gather(*(program.stop(patience_s) for program in programs))
