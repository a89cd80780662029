"""What a quota lets through: from the packet that passes it to the packet that ends the session, and the bytes beyond it.

`make bench-quota`, or `python -m benchmarks.quota --help`. `radius`, `worker` and PostgreSQL are the product's own processes,
and the packets are real; the devices' traffic and its clock are simulated (`benchmarks/load/overshoot.py`).
"""

import argparse
import json
import statistics
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg

from benchmarks.load.cut_off import CutOff, measure_cut_off
from benchmarks.load.measured import Subject
from benchmarks.load.overshoot import Case, Clockwork, Overshoot, measure_overshoot
from benchmarks.load.ports import free_ports
from benchmarks.load.radius_workloads import Guest, Nas
from benchmarks.peers import spotfi_radius
from benchmarks.peers.processes import running
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase, server_environ
from spotfi_cloud.entrypoints.embedded.programs import wheel_programs

_NAS = Nas("load", b"a-shared-secret-of-some-length")
_CASES = [Case(devices, interim_s) for devices in (1, 5) for interim_s in (60, 300)]
_MEGABYTE = 1_000_000


def main() -> None:
    options = _options()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="spotfi-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        database = EmbeddedDatabase(folder, wheel_programs())
        database.prepare()
        server = running(database.argv(), folder / "postgres.log", database.is_ready, environ=server_environ())
        database_pid = stack.enter_context(server).pid
        cut_off = stack.enter_context(CutOff(_NAS))
        guests = [Guest(f"guest-{number:07}", f"password-{number:07}") for number in range(options.subscribers)]
        ids = spotfi_radius.fill(database.url(), _NAS, guests, coa_port=cut_off.port)
        connection = stack.enter_context(psycopg.connect(database.url()))
        cut_off.fill(connection, ids)
        connection.commit()
        auth, acct = free_ports(2)
        start = spotfi_radius.serving
        pid = stack.enter_context(start("radius", folder, database.url(), auth, acct))
        stack.enter_context(start("worker", folder, database.url(), auth, acct))
        clockwork = stack.enter_context(closing(Clockwork(_NAS, acct, cut_off)))
        print("devices  interim s  beyond the quota, MB: mean     most  cut off, ms: median     most")
        for case in _CASES:
            figures |= _tell(case, measure_overshoot(clockwork, connection, ids, case, options.trials))
        cut_off.socket.setblocking(False)
        cut_off.asked_at.clear()
        ports = {"auth": auth, "acct": acct}
        subject = Subject("SpotFi", _NAS, ports, pid, database_pid, guests, len(guests), options.rate, (256,))
        figures |= measure_cut_off(subject, cut_off, options.rate)
    print(json.dumps({"bench": "quota", "figures": {name: round(value, 2) for name, value in figures.items()}}))


def _tell(case: Case, found: list[Overshoot]) -> dict[str, float]:
    beyond = [each.bytes / _MEGABYTE for each in found]
    waits = [each.cut_off_s * 1000 for each in found]
    mean, most = statistics.fmean(beyond), max(beyond)
    volumes, times = f"{mean:26.0f} {most:8.0f}", f"{statistics.median(waits):20.1f} {max(waits):8.1f}"
    print(f"{case.devices:>7} {case.interim_s:>10} {volumes} {times}", flush=True)
    key = f"overshoot_{case.devices}_devices_{case.interim_s}_s"
    return {f"{key}_mean_mb": mean, f"{key}_most_mb": most}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quota", description=__doc__)
    parser.add_argument("--trials", type=int, default=20, help="guests of each case")
    parser.add_argument(
        "--rate", type=int, default=200, help="accounting requests per second while the cut-off is timed"
    )
    parser.add_argument("--subscribers", type=int, default=1000, help="among whom that load is spread")
    return parser.parse_args()


if __name__ == "__main__":
    main()
