"""The simulated machine: believable, repeatable, and its counters behave like a kernel's."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_agent.collectors.choice import open_machine
from spotfi_agent.collectors.simulated import SimulatedMachine
from tests.unit.agent.clocks import ManualClock

KERNELS_OWN = Path("/proc/sys/kernel/random/boot_id")
DAY_S = 86_400


@given(st.text(min_size=1, max_size=8), st.lists(st.integers(1, 20_000), min_size=2, max_size=20))
def test_counters_never_go_back_and_levels_stay_in_bounds(seed: str, steps_s: list[int]) -> None:
    clock = ManualClock(mono_ms=5000)
    machine = SimulatedMachine(seed, clock, boot_mark=KERNELS_OWN)
    before = machine.read()
    for step_s in steps_s:
        clock.advance(step_s)
        now = machine.read()
        assert now.uptime_s == before.uptime_s + step_s
        for name, counters in now.interfaces.items():
            assert counters.rx_bytes >= before.interfaces[name].rx_bytes
            assert counters.tx_packets >= before.interfaces[name].tx_packets
        assert now.cpu_busy_ms is not None
        assert now.cpu_total_ms is not None
        assert before.cpu_busy_ms is not None
        assert before.cpu_busy_ms <= now.cpu_busy_ms <= now.cpu_total_ms
        assert now.memory_available_bytes is not None
        assert now.memory_total_bytes is not None
        assert 0 < now.memory_available_bytes < now.memory_total_bytes
        assert now.temperature_c is not None
        assert 20 < now.temperature_c < 80
        assert now.load is not None
        assert min(now.load) > 0
        before = now


def test_the_evening_is_busier_than_the_morning() -> None:
    clock = ManualClock(wall_ms=1_800_000_000_000 // (DAY_S * 1000) * DAY_S * 1000, mono_ms=1000)
    machine = SimulatedMachine("cafe", clock, boot_mark=KERNELS_OWN)

    def bytes_from(hour: int, hours: int) -> int:
        clock.advance(hour * 3600)
        begin = machine.read().interfaces["eth0"].rx_bytes
        clock.advance(hours * 3600)
        return machine.read().interfaces["eth0"].rx_bytes - begin

    morning = bytes_from(5, 4)
    evening = bytes_from(9, 4)
    assert evening > 2 * morning


def test_the_same_seed_is_the_same_machine_and_another_is_not() -> None:
    clock = ManualClock()
    first, again, other = (SimulatedMachine(seed, clock, boot_mark=KERNELS_OWN) for seed in ("1", "1", "2"))
    assert first.read() == again.read()
    assert first.describe() == again.describe()
    assert first.read() != other.read()


def test_a_reboot_begins_counting_at_zero(tmp_path: Path) -> None:
    clock, boot_mark = ManualClock(), tmp_path / "boot_id"
    boot_mark.write_text("first boot")
    os.utime(boot_mark, (clock.wall_ms() / 1000 - 1000, clock.wall_ms() / 1000 - 1000))
    machine = SimulatedMachine("1", clock, boot_mark=boot_mark)
    assert machine.read().uptime_s == 1000
    os.utime(boot_mark, (clock.wall_ms() / 1000, clock.wall_ms() / 1000))
    sample = machine.read()
    assert sample.uptime_s == 0
    assert sample.interfaces["eth0"].rx_bytes == 0


def test_the_configuration_names_the_machine() -> None:
    clock = ManualClock()
    assert isinstance(open_machine("simulated:7", clock, boot_mark=KERNELS_OWN), SimulatedMachine)
    assert open_machine("linux", clock, boot_mark=KERNELS_OWN).read().interfaces
    for name in ("", "simulated", "simulated:", "windows"):
        with pytest.raises(ValueError, match="unknown machine"):
            open_machine(name, clock, boot_mark=KERNELS_OWN)
