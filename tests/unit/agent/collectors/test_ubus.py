"""The ubus program: its answers, its failures, and a service that hangs."""

import time
from pathlib import Path

import pytest

from spotfi_agent.clock import SystemClock
from spotfi_agent.collectors import ubus
from spotfi_agent.collectors.linux import LinuxMachine
from spotfi_agent.collectors.ubus import UbusProgram

ANSWERS = """#!/bin/sh
shift 3
case "$*" in
  "list hostapd.*") echo hostapd.phy0-ap0 ;;
  "call hostapd.phy0-ap0 get_clients")
    echo '{"freq":2437,"clients":{"02:00:00:00:00:01":{"assoc":true,"signal":-50,"rate":{"rx":72200,"tx":72200}}}}' ;;
  'call iwinfo info {"device": "phy0-ap0"}') echo '{"channel":6,"noise":-95}' ;;
  "call network.interface dump")
    echo '{"interface":[{"interface":"wan","up":true,"l3_device":"eth1","route":[{"target":"0.0.0.0","mask":0}]}]}' ;;
  "call bad json") echo '{' ;;
  "call a list") echo '[]' ;;
  *) echo '{}'; exit 4 ;;
esac
"""


def program(path: Path, script: str) -> UbusProgram:
    path.write_text(script)
    path.chmod(0o700)
    bus = UbusProgram(path)
    bus.begin()
    return bus


def test_answers_and_failures(tmp_path: Path) -> None:
    bus = program(tmp_path / "ubus", ANSWERS)
    assert bus.paths("hostapd.*") == ["hostapd.phy0-ap0"]
    assert bus.call("iwinfo", "info", {"device": "phy0-ap0"}) == {"channel": 6, "noise": -95}
    for path, method in (("bad", "json"), ("a", "list"), ("no", "such")):
        assert bus.call(path, method) is None


def test_a_router_with_ubus_shows_wan_radios_and_clients_on_request(tmp_path: Path) -> None:
    bus = program(tmp_path / "ubus", ANSWERS)
    machine = LinuxMachine(SystemClock(), tmp_path, bus)
    sample = machine.read(clients=True)
    assert (sample.wan_up, sample.wan_device) == (True, "eth1")
    assert sample.radios["phy0-ap0"].noise_dbm == -95
    assert sample.clients is not None
    assert sample.clients["020000000001"].signal_dbm == -50
    assert machine.read().clients is None


def test_a_hanging_service_costs_one_call_and_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ubus, "_CALL_S", -0.8)
    bus = program(tmp_path / "ubus", "#!/bin/sh\nexec sleep 30\n")
    began_s = time.monotonic()
    for _ in range(5):
        bus.begin()
        assert bus.call("iwinfo", "info") is None
    assert time.monotonic() - began_s < 2


def test_after_its_time_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ubus, "_READING_S", 0)
    assert program(tmp_path / "ubus", ANSWERS).paths("hostapd.*") == []


def test_no_ubus_is_no_answer(tmp_path: Path) -> None:
    bus = UbusProgram(tmp_path / "none")
    bus.begin()
    assert bus.call("system", "board") is None
