"""`interface_bounce`, `wifi_scan`, `wifi_reload`: the router's network. What goes down always comes up again."""

from pathlib import Path

from spotfi_agent.commands import arguments, program
from spotfi_agent.commands.order import Order, Outcome, Output, failed, succeeded
from spotfi_agent.commands.streaming import stream_program

_LANE = "network"
_STEP_TIMEOUT_S = 30.0
_INTERFACES = Path("/sys/class/net")


class InterfaceBounceHandler:
    """`interface`: a logical one on OpenWrt (`wan`), a device elsewhere (`eth0`)."""

    kind = "interface_bounce"
    lane = _LANE
    limit_s = 90.0

    def run(self, order: Order, output: Output) -> Outcome | None:
        name = arguments.plain_name(order.command.args, "interface")
        if name in {"lo", "loopback"}:
            return failed("The loopback interface is not to be taken down.")
        steps = _steps(name)
        if steps is None:
            return failed(f"This router has no interface {name}.")
        down, up = (program.run(words, timeout_s=_STEP_TIMEOUT_S) for words in steps)  # up whatever became of down
        for finished, what in ((down, "down"), (up, "up")):
            if finished.exit_status != 0:
                return failed(f"{name} did not go {what}: {finished.said or 'no reason given'}.")
        return succeeded(f"{name} was taken down and up again.")


def _steps(name: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    if program.is_there("ifup") and program.is_there("ubus"):
        known = program.run(("ubus", "-S", "list", f"network.interface.{name}"), timeout_s=_STEP_TIMEOUT_S)
        return (("ifdown", name), ("ifup", name)) if known.exit_status == 0 else None
    program.find("ip")
    if not (_INTERFACES / name).exists():
        return None
    return ("ip", "link", "set", "dev", name, "down"), ("ip", "link", "set", "dev", name, "up")


class WifiScanHandler:
    """`interface`: the wireless device to look around with. What it sees streams back."""

    kind = "wifi_scan"
    lane = _LANE
    limit_s = 60.0

    def run(self, order: Order, output: Output) -> Outcome | None:
        name = arguments.plain_name(order.command.args, "interface")
        tool = program.find("iwinfo", "iw")
        words = ("iw", "dev", name, "scan") if tool == "iw" else (tool, name, "scan")
        return stream_program(words, output, f"{name} has looked around.")


class WifiReloadHandler:
    """Applies the wireless configuration again."""

    kind = "wifi_reload"
    lane = _LANE
    limit_s = 90.0

    def run(self, order: Order, output: Output) -> Outcome | None:
        return stream_program((program.find("wifi"), "reload"), output, "The wireless configuration was applied.")
