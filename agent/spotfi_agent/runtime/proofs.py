"""How a command ended whose handler could not see it: what another boot, or another version of the agent, proves."""

import contextlib
from typing import Protocol

from spotfi_agent import __version__
from spotfi_agent.boot import Boot
from spotfi_agent.clock import Clock
from spotfi_agent.commands.order import Outcome, failed, succeeded
from spotfi_agent.spool.remembered import Begun
from spotfi_agent.trial import Progress, Trial


class Proof(Protocol):
    """Of one kind of command. Asked again and again, after a start and while the agent runs."""

    def settle(self, begun: Begun) -> Outcome | None:
        """How it ended; None while that is open."""
        ...

    def clear(self) -> None:
        """The outcome is on flash; what proved it is no longer needed."""
        ...

    def heard(self) -> None:
        """The cloud has answered on a new connection."""
        ...


class RebootProof:
    """Another boot proves it; the same one disproves it after a while."""

    def __init__(self, boot: Boot, clock: Clock, timeout_s: float) -> None:
        self._boot = boot
        self._clock = clock
        self._timeout_ms = timeout_s * 1000

    def settle(self, begun: Begun) -> Outcome | None:
        if begun.boot_id != self._boot.boot_id:
            return succeeded("The router has rebooted.", boot_id=str(self._boot.boot_id))
        if self._clock.mono_ms() - begun.mono_ms >= self._timeout_ms:
            return failed(f"The router has not rebooted within {round(self._timeout_ms / 1000)} s.")
        return None

    def clear(self) -> None:
        return

    def heard(self) -> None:
        return


class UpgradeProof:
    """The verdict on flash proves it, told by the version that it is for. An open one that nobody is at is resumed."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def settle(self, begun: Begun) -> Outcome | None:
        progress = self._trial.progress()
        if progress is None or progress.command_id != str(begun.command_id):
            return failed(f"The agent was stopped before the upgrade began. Version {__version__} is still here.")
        outcome = _outcome_of(progress)
        if outcome is None and not self._trial.is_guarded():
            with contextlib.suppress(OSError):  # no memory for a process; the next turn tries again
                self._trial.begin("resume")
        return outcome

    def clear(self) -> None:
        self._trial.clear()

    def heard(self) -> None:
        self._trial.confirm()


def _outcome_of(progress: Progress) -> Outcome | None:
    before, to = progress.before, progress.to
    if progress.verdict == "new":
        return succeeded(f"The agent was version {before} and is version {to} now.", version=to)
    if __version__ not in {before, to}:
        return failed(f"Somebody installed version {__version__} meanwhile.", version=__version__)
    if progress.verdict == "old" and progress.phase == "restored" and __version__ == before:
        return failed(f"{progress.reason} The old version, {before}, is back.", version=before)
    return None
