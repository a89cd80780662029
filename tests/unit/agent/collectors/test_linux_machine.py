"""A real machine, read from captures in the shapes of real routers."""

from pathlib import Path

import pytest

from spotfi_agent.collectors.linux import LinuxMachine
from spotfi_agent.collectors.machine import Description
from spotfi_protocol.samples import InterfaceCounters
from tests.unit.agent.clocks import ManualClock

# An MT7621 router with OpenWrt: one thermal zone, an overlay, a bridge and two radios.
ROUTER = {
    "proc/stat": (
        "cpu  104512 0 88211 9201433 1022 0 45120 0 0 0\n"
        "cpu0 26000 0 22000 2300000 255 0 11280 0 0 0\n"
        "intr 123456 0 0\nctxt 987654\nbtime 1700000000\n"
    ),
    "proc/meminfo": "MemTotal:         124824 kB\nMemFree:           33020 kB\nMemAvailable:      41212 kB\nBuffers: 0 kB\n",
    "proc/loadavg": "0.21 0.12 0.05 1/98 4321\n",
    "proc/uptime": "94231.18 360112.55\n",
    "proc/net/dev": (
        "Inter-|   Receive                                 |  Transmit\n"
        " face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed\n"
        "    lo:   10240     120 0 0 0 0 0 0    10240     120 0 0 0 0 0 0\n"
        "  eth0:9876543210 8123456 0 12 0 0 0 9912 1234567890 4123456 0 0 0 0 0 0\n"
        "br-lan:1100000000 4000000 0 0 0 0 0 0 9700000000 8000000 0 0 0 0 0 0\n"
        "phy0-ap0:300000000  900000 0 0 0 0 0 0 2700000000 2000000 0 3 0 0 0 0\n"
        "eth0.2:         0       0 0 0 0 0 0 0        0       0 0 0 0 0 0 0\n"
    ),
    "proc/sys/kernel/hostname": "cafe-bar\n",
    "tmp/sysinfo/model": "GL.iNet GL-MT1300\n",
    "etc/openwrt_release": "DISTRIB_ID='OpenWrt'\nDISTRIB_DESCRIPTION='OpenWrt 24.10.2 r28739-d9340319c6'\n",
    "sys/class/thermal/thermal_zone0/temp": "56000\n",
    "sys/class/net/lo/operstate": "unknown\n",
    "sys/class/net/lo/flags": "0x9\n",
    "sys/class/net/eth0/operstate": "up\n",
    "sys/class/net/eth0/flags": "0x1003\n",
    "sys/class/net/br-lan/operstate": "up\n",
    "sys/class/net/br-lan/flags": "0x1103\n",
    "sys/class/net/phy0-ap0/operstate": "down\n",
    "sys/class/net/phy0-ap0/flags": "0x1003\n",
    "sys/class/net/eth0.2/operstate": "up\n",
    "sys/class/net/eth0.2/flags": "0x1002\n",
    "overlay/upper": "",
}
# An old single-core board: a kernel that knows no MemAvailable, no sensors, a vendor's model name in the device tree.
OLD_BOARD = {
    "proc/stat": "cpu  1000 5 500 8000\ncpu0 1000 5 500 8000\n",
    "proc/meminfo": "MemTotal: 28144 kB\nMemFree: 2604 kB\nBuffers: 1860 kB\nCached: 6312 kB\n",
    "proc/loadavg": "1.00 0.90 0.80 2/40 99\n",
    "proc/net/dev": "eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
    "proc/device-tree/model": "TP-Link TL-WR841N v9\0",
}


def capture(root: Path, files: dict[str, str]) -> LinuxMachine:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return LinuxMachine(ManualClock(mono_ms=94_231_180), root)


def test_a_router_of_today(tmp_path: Path) -> None:
    sample = capture(tmp_path, ROUTER).read()
    assert (sample.mono_ms, sample.uptime_s) == (94_231_180, 94_231)
    assert sample.cpu_busy_ms == (104_512 + 88_211 + 45_120) * 10
    assert sample.cpu_total_ms == (104_512 + 88_211 + 9_201_433 + 1022 + 45_120) * 10
    assert sample.load == (0.21, 0.12, 0.05)
    assert (sample.memory_total_bytes, sample.memory_available_bytes) == (124_824 * 1024, 41_212 * 1024)
    assert sample.temperature_c == 56.0
    assert sample.disk_total_bytes is not None
    assert sample.disk_used_bytes is not None
    assert 0 < sample.disk_used_bytes <= sample.disk_total_bytes
    assert sample.interfaces["eth0"] == InterfaceCounters(9_876_543_210, 1_234_567_890, 8_123_456, 4_123_456, up=True)
    assert {name for name, counters in sample.interfaces.items() if counters.up} == {"lo", "eth0", "br-lan"}


def test_what_an_old_board_lacks_is_left_out(tmp_path: Path) -> None:
    sample = capture(tmp_path, OLD_BOARD).read()
    assert sample.temperature_c is None
    assert sample.uptime_s == 94_231
    assert sample.memory_available_bytes == (2604 + 1860 + 6312) * 1024
    assert sample.interfaces == {"eth0": InterfaceCounters(1, 9, 2, 10, up=False)}


def test_a_machine_that_says_nothing_is_still_a_machine(tmp_path: Path) -> None:
    machine = capture(tmp_path, {})
    sample = machine.read()
    assert (sample.cpu_busy_ms, sample.load, sample.memory_total_bytes, sample.interfaces) == (None, None, None, {})
    assert machine.describe() == Description("", "", "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("proc/stat", "cpu \ncpu0"),
        ("proc/stat", "cpu a b c d e"),
        ("proc/meminfo", "MemTotal: lots kB\nMemAvailable\n"),
        ("proc/loadavg", "0.1 x"),
        ("proc/uptime", ""),
        ("proc/net/dev", "eth0: 1 2 3\n: :\n\xff"),
        ("sys/class/thermal/thermal_zone0/temp", "-\n"),
    ],
)
def test_rubbish_in_a_source_is_as_good_as_none(tmp_path: Path, name: str, text: str) -> None:
    sample = capture(tmp_path, {name: text}).read()
    assert (sample.cpu_busy_ms, sample.memory_total_bytes, sample.load, sample.temperature_c) == (
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("readings", "hottest"),
    [
        (("45000", "61500"), 61.5),
        (("48",), 48.0),
        (("-273000", "52000"), 52.0),
        (("500000",), None),
        (("-5000",), -5.0),
    ],
)
def test_the_hottest_plausible_sensor_counts(tmp_path: Path, readings: tuple[str, ...], hottest: float | None) -> None:
    zones = {f"sys/class/thermal/thermal_zone{number}/temp": text for number, text in enumerate(readings)}
    assert capture(tmp_path, zones).read().temperature_c == hottest


def test_names_of_a_router_and_of_a_computer(tmp_path: Path) -> None:
    assert capture(tmp_path / "a", ROUTER).describe() == Description(
        "cafe-bar", "GL.iNet GL-MT1300", "OpenWrt 24.10.2 r28739-d9340319c6"
    )
    assert capture(tmp_path / "b", OLD_BOARD).describe().model == "TP-Link TL-WR841N v9"
    computer = {"etc/os-release": 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'}
    assert capture(tmp_path / "c", computer).describe().release == "Debian GNU/Linux 12 (bookworm)"


def test_of_very_many_interfaces_the_busiest_are_reported(tmp_path: Path) -> None:
    rows = "".join(f"veth{n}: {n} {n} 0 0 0 0 0 0 {n} {n} 0 0 0 0 0 0\n" for n in range(100))
    interfaces = capture(tmp_path, {"proc/net/dev": rows}).read().interfaces
    assert set(interfaces) == {f"veth{n}" for n in range(36, 100)}
