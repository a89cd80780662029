"""`reboot`: runs the configured command; that it worked is for the next boot to say (see runtime/orders.py)."""

from spotfi_agent.commands import program
from spotfi_agent.commands.order import Order, Outcome, Output, failed

KIND = "reboot"
_COMMAND_TIMEOUT_S = 60.0


class RebootHandler:
    """Reboots the router."""

    kind = KIND
    lane = "power"
    limit_s = 120.0

    def __init__(self, reboot_command: str) -> None:
        self._reboot_command = reboot_command

    def run(self, order: Order, output: Output) -> Outcome | None:
        finished = program.run(program.split_words(self._reboot_command), timeout_s=_COMMAND_TIMEOUT_S)
        if finished.exit_status == 0:
            return None
        how = "did not end" if finished.exit_status is None else f"ended with exit status {finished.exit_status}"
        return failed(f"The reboot command {how}. {finished.said}".strip(), exit_status=finished.exit_status)
