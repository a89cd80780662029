"""`agent_upgrade`: another version of the agent, and the old one again where the new one does not reach the cloud.

Arguments: `version` (`0.2.0`), `sha256` of the package (optional, beside the signature). Here the package is fetched, checked
and laid out; the guard does the rest (see spotfi_agent.trial), and the version that runs afterwards tells how it ended.
"""

import re

from spotfi_agent import __version__
from spotfi_agent.commands import arguments, program
from spotfi_agent.commands.arguments import ArgumentError
from spotfi_agent.commands.device import Device
from spotfi_agent.commands.order import Order, Outcome, Output, failed, succeeded
from spotfi_agent.trial import Plan, Trial, find_root

KIND = "agent_upgrade"
_VERSION = re.compile(r"[0-9]+(?:\.[0-9A-Za-z]+){1,5}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class AgentUpgradeHandler:
    """Where the agent was installed by opkg or apk."""

    kind = KIND
    lane = "upgrade"
    limit_s = 300.0

    def __init__(self, device: Device, trial: Trial, reach_within_s: float) -> None:
        self._device = device
        self._trial = trial
        self._reach_within_s = round(reach_within_s)

    def run(self, order: Order, output: Output) -> Outcome | None:
        version, sha256 = _asked(order)
        if version == __version__:
            return succeeded(f"Version {version} is here already.", version=version)
        root, manager = find_root(), next(filter(program.is_there, ("apk", "opkg")), None)
        if root is None or manager is None:
            return failed("This agent was not installed by opkg or apk; upgrade it the way it was installed.")
        if self._trial.progress() is not None:
            return failed("Another upgrade is not over yet.")
        from spotfi_agent.commands import offered_package  # noqa: PLC0415 - HTTP costs a router two megabytes

        fetch = offered_package.fetching(self._device, output)
        try:
            offered = offered_package.fetch_package(fetch, manager, version, root, sha256)
            plan = Plan(str(order.command.command_id), version, manager, offered.file_name, self._reach_within_s)
            self._trial.prepare(plan, offered.content, root)
            self._trial.begin()
        except offered_package.NotOfferedError as error:
            return failed(str(error))
        except OSError as error:
            return failed(f"The upgrade was not begun: {error.strerror}.")
        return None


def _asked(order: Order) -> tuple[str, str]:
    args = order.command.args
    version, sha256 = arguments.text(args, "version", 32), arguments.text(args, "sha256", 64, default="")
    if not _VERSION.fullmatch(version):
        msg = "The argument 'version' must be a version such as 0.2.0."
        raise ArgumentError(msg)
    if sha256 and not _SHA256.fullmatch(sha256):
        msg = "The argument 'sha256' must be 64 hexadecimal digits."
        raise ArgumentError(msg)
    return version, sha256
