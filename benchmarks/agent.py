"""The agent beside its floor, a bare interpreter that holds a TLS MQTT connection, and beside Debian's collectd.

`make bench-agent`, or `python -m benchmarks.agent --help`. All run at the same time against one broker; starts are measured
one by one before. What counts are the ratios.
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from benchmarks.load.footprint import Memory, cpu_of, memory_of
from benchmarks.load.router_cloud import RouterCloud
from benchmarks.load.wire_meter import WireMeter, metering
from benchmarks.peers import collectd, mosquitto
from spotfi_protocol.topics import Up, up_topic

_ROUTER_ID = UUID("5b0f1c7e-0000-4000-8000-000000000001")
_KEY = "a-device-key-of-some-length"
_SETTLE_S = 5.0
_NAMED_WINDOW_S = 64.0
"""Idle processor time is told for so long."""
_SOURCES = Path(__file__).parents[1] / "agent"

_FLOOR = """
import json, psutil, ssl, sys
import paho.mqtt.client as mqtt
port, ca, user, password = int(sys.argv[1]), *sys.argv[2:5]
options = {"callback_api_version": mqtt.CallbackAPIVersion.VERSION2} if hasattr(mqtt, "CallbackAPIVersion") else {}
client = mqtt.Client(client_id="floor", **options)
client.username_pw_set(user, password)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(ca)
client.tls_set_context(context)
client.on_connect = lambda *_: client.publish("floor/ready", json.dumps({"pid": psutil.Process().pid}), qos=1)
client.connect("localhost", port, keepalive=20)
client.loop_forever()
"""


@dataclass
class Subject:
    """A program under measurement, and what was measured."""

    name: str
    topic: str
    argv: list[str]
    meter: WireMeter
    log: Path
    start_cpu_s: float = 0
    idle_cpu_s: float = 0
    bytes_per_hour: float = 0
    memory: Memory | None = None


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="spotfi-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        broker = stack.enter_context(mosquitto.serving(folder, str(_ROUTER_ID), _KEY))
        cloud = RouterCloud(broker.plain_port, _ROUTER_ID, options.interval)
        stack.callback(cloud.close)
        subjects = _subjects(stack, folder, broker, options.interval)
        for subject in subjects:
            subject.start_cpu_s = statistics.median(_measure_start(subject, cloud) for _ in range(options.starts))
        _measure_idle(subjects, cloud, options.seconds)
        figures = _report(subjects, options)
    print(json.dumps({"bench": "agent", "figures": figures}))


def _subjects(stack: ExitStack, folder: Path, broker: mosquitto.Broker, interval_s: int) -> list[Subject]:
    python = [sys.executable, "-I", "-S", "-c"]
    libraries = _libraries(folder)
    meters = [stack.enter_context(metering(broker.tls_port)) for _ in range(3)]
    credentials = [str(broker.ca_file), str(_ROUTER_ID), _KEY]
    floor = [*python, _with_path(_FLOOR, libraries), str(meters[0].port), *credentials]
    state = _enrolled(folder, broker, meters[1].port, interval_s)
    agent_source = "import sys; from spotfi_agent.__main__ import main; sys.exit(main())"
    agent = [*python, _with_path(agent_source, libraries, _SOURCES), "--dir", str(state), "run"]
    subjects = [
        Subject("floor", "floor/", floor, meters[0], folder / "floor.log"),
        Subject("agent", up_topic(_ROUTER_ID, Up.HELLO), agent, meters[1], folder / "agent.log"),
    ]
    if version := collectd.install():
        argv = collectd.argv(folder, broker, meters[2].port, str(_ROUTER_ID), _KEY, interval_s)
        subjects.append(Subject(f"collectd {version}", "collectd/", argv, meters[2], folder / "collectd.log"))
    else:
        print("collectd is not here and cannot be installed: its row is missing.")
    return subjects


def _with_path(source: str, *folders: Path) -> str:
    return f"import sys; sys.path[:0] = {[str(each) for each in folders]!r}\n{source}"


def _libraries(folder: Path) -> Path:
    """A directory with paho and psutil and nothing else, as a router has them."""
    libraries = folder / "libraries"
    libraries.mkdir()
    for name in ("paho", "psutil"):
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError(f"{name} is not installed")
        (libraries / name).symlink_to(spec.submodule_search_locations[0])
    return libraries


def _enrolled(folder: Path, broker: mosquitto.Broker, port: int, interval_s: int) -> Path:
    state = folder / "state"
    state.mkdir(mode=0o700)
    (state / "config.ini").write_text(f"[agent]\ninterval_s = {interval_s}\n")
    identity = {
        "router_id": str(_ROUTER_ID),
        "device_key": _KEY,
        "mqtt_host": "localhost",
        "mqtt_port": port,
        "websocket_url": "wss://localhost:1/mqtt",
        "ca_pem": broker.ca_file.read_text(),
    }
    (state / "identity.json").write_text(json.dumps(identity))
    return state


def _started(subject: Subject, cloud: RouterCloud) -> "subprocess.Popen[bytes]":
    """The process, once the broker has its first message."""
    heard: threading.Event = cloud.expect(subject.topic)
    with subject.log.open("ab") as log:
        process = subprocess.Popen(subject.argv, stdout=log, stderr=log)
    if not heard.wait(30):
        process.kill()
        raise RuntimeError(f"{subject.name} was not heard of within a minute: {subject.log.read_text()[-2000:]}")
    return process


def _measure_start(subject: Subject, cloud: RouterCloud) -> float:
    process = _started(subject, cloud)
    used_s = cpu_of(process.pid)
    process.terminate()
    process.wait(20)
    return used_s


def _measure_idle(subjects: list[Subject], cloud: RouterCloud, seconds: float) -> None:
    processes = [_started(subject, cloud) for subject in subjects]
    try:
        time.sleep(_SETTLE_S)
        before = [(cpu_of(process.pid), _bytes(subject)) for process, subject in zip(processes, subjects, strict=True)]
        began_s = time.monotonic()
        time.sleep(seconds)
        for process, subject, (cpu_s, bytes_before) in zip(processes, subjects, before, strict=True):
            passed_s = time.monotonic() - began_s
            subject.idle_cpu_s = (cpu_of(process.pid) - cpu_s) / passed_s * _NAMED_WINDOW_S
            subject.bytes_per_hour = (_bytes(subject) - bytes_before) / passed_s * 3600
            subject.memory = memory_of(process.pid)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def _bytes(subject: Subject) -> int:
    return subject.meter.up_bytes + subject.meter.down_bytes


def _report(subjects: list[Subject], options: argparse.Namespace) -> dict[str, float]:
    print(f"{options.interval} s between samples, {options.seconds:g} s watched, median of {options.starts} starts\n")
    print(f"{'':<16}resident KiB  proportional  private  start CPU s  idle CPU s/64 s  % of a core  bytes/hour")
    figures: dict[str, float] = {}
    for subject in subjects:
        memory, share = subject.memory, subject.idle_cpu_s / _NAMED_WINDOW_S * 100
        assert memory is not None
        print(
            f"{subject.name:<16}{memory.resident_kib:12} {memory.proportional_kib:13} {memory.private_kib:8}"
            f" {subject.start_cpu_s:12.3f} {subject.idle_cpu_s:16.4f} {share:12.3f} {subject.bytes_per_hour:11.0f}"
        )
        figures |= _figures(subject.name.split()[0], subject, memory)
    ratios = [figures[f"agent_{kind}_kib"] / figures[f"floor_{kind}_kib"] for kind in ("resident", "proportional")]
    figures["memory_vs_floor"] = max(ratios)
    figures["idle_core_percent"] = figures["agent_idle_cpu_s"] / _NAMED_WINDOW_S * 100
    print(f"\nmemory {figures['memory_vs_floor']:.2f} × the floor (the worse of resident and proportional)")
    return {name: round(value, 4) for name, value in figures.items()}


def _figures(name: str, subject: Subject, memory: Memory) -> dict[str, float]:
    return {
        f"{name}_resident_kib": memory.resident_kib,
        f"{name}_proportional_kib": memory.proportional_kib,
        f"{name}_private_kib": memory.private_kib,
        f"{name}_start_cpu_s": subject.start_cpu_s,
        f"{name}_idle_cpu_s": subject.idle_cpu_s,
        f"{name}_bytes_per_hour": subject.bytes_per_hour,
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agent", description=__doc__)
    parser.add_argument("--interval", type=int, default=30, help="seconds between two samples")
    parser.add_argument("--seconds", type=float, default=128.0, help="of watching them idle")
    parser.add_argument("--starts", type=int, default=3, help="of each; the median is told")
    return parser.parse_args()


if __name__ == "__main__":
    main()
