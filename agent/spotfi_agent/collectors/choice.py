"""Which machine the configuration means."""

from pathlib import Path

from spotfi_agent.clock import Clock
from spotfi_agent.collectors.machine import Machine


def open_machine(name: str, clock: Clock, *, boot_mark: Path) -> Machine:
    """The machine an option `machine` names: `linux`, or `simulated:SEED`, whose boot began when `boot_mark` was written.

    ValueError for any other name.
    """
    if name == "linux":
        from spotfi_agent.collectors.linux import LinuxMachine  # noqa: PLC0415 - one of the two is loaded
        from spotfi_agent.collectors.ubus import find_ubus  # noqa: PLC0415

        return LinuxMachine(clock, bus=find_ubus())
    kind, _, seed = name.partition(":")
    if kind != "simulated" or not seed:
        msg = f"unknown machine '{name}': use linux or simulated:SEED"
        raise ValueError(msg)
    from spotfi_agent.collectors.simulated import SimulatedMachine  # noqa: PLC0415

    return SimulatedMachine(seed, clock, boot_mark=boot_mark)
