"""Keeps the status file of the running agent up to date (see spotfi_agent.runtime.status)."""

import os
import time
from pathlib import Path
from uuid import UUID

from spotfi_agent import __version__
from spotfi_agent.clock import is_plausible
from spotfi_agent.link.endpoint import Endpoint, Transport
from spotfi_agent.link.link import Link
from spotfi_agent.runtime.agent import Agent
from spotfi_agent.runtime.gate import Gate
from spotfi_agent.runtime.status import write_status

_EVERY_S = 5.0


class StatusWriter:
    """Writes the status file every few seconds, and at once when the link's state changes."""

    def __init__(
        self,
        path: Path,
        agent: Agent,
        link: Link,
        gate: Gate,
        *,
        router_id: UUID,
        endpoints: dict[Transport, Endpoint],
    ) -> None:
        self._path = path
        self._agent = agent
        self._link = link
        self._router_id = router_id
        self._gate = gate
        self._endpoints = endpoints
        self._due_s = 0.0
        self._state = ""
        self._unfit = 0
        self._unfit_at_s: float | None = None

    def write_if_due(self) -> None:
        """To be called after each turn."""
        state = self._link.state
        now_s = time.monotonic()
        if now_s < self._due_s and state.state == self._state:
            return
        self._due_s, self._state = now_s + _EVERY_S, state.state
        endpoint = self._endpoints[Transport(state.transport)] if state.transport else ""
        wall_ms = time.time_ns() // 1_000_000
        facts = self._agent.facts()
        write_status(
            self._path,
            {
                "version": __version__,
                "pid": os.getpid(),
                "router_id": str(self._router_id),
                "written_at_ms": wall_ms,
                "clock_is_set": is_plausible(wall_ms),
                "link": {
                    "state": state.state,
                    "transport": state.transport,
                    "endpoint": str(endpoint),
                    "for_s": round(now_s - state.since_s),
                    "reason": state.reason,
                    **self._link.losses(now_s),
                },
                "messages_flooded": self._gate.flooded,
                "unfit_ago_s": self._unfit_ago_s(facts["messages_dropped"] + self._gate.flooded, now_s),
                **facts,
            },
        )

    def _unfit_ago_s(self, unfit: int, now_s: float) -> int | None:
        """Since when no more messages came that are not understood or too many; None where there were none."""
        if unfit != self._unfit:
            self._unfit, self._unfit_at_s = unfit, now_s
        return None if self._unfit_at_s is None else round(now_s - self._unfit_at_s)
