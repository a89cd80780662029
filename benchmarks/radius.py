"""SpotFi against FreeRADIUS with rlm_sql_postgresql: the same PostgreSQL, the same load, in turns in one run.

`make bench-radius`, or `python -m benchmarks.radius --help`. Timings of one machine at one time: what counts are the ratios.
"""

import argparse
import json
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from benchmarks.load.cut_off import CutOff, measure_cut_off
from benchmarks.load.measured import Run, Subject, find_window, measure, median_run
from benchmarks.load.ports import free_ports
from benchmarks.load.radius_workloads import Guest, Nas
from benchmarks.load.storm import measure_storm
from benchmarks.peers import freeradius, spotfi_radius
from benchmarks.peers.processes import running
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase, server_environ
from spotfi_cloud.entrypoints.embedded.programs import wheel_programs
from spotfi_cloud.entrypoints.settings import Settings

_NAS = Nas("load", b"a-shared-secret-of-some-length")
_MIXES = {"auth": "Access-Request, PAP, accepted", "acct": "1 Start : 3 Interim : 1 Stop"}


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="spotfi-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        database, database_pid = _start_database(stack, folder)
        guests = [Guest(f"guest-{number:07}", f"password-{number:07}") for number in range(options.subscribers)]
        version = freeradius.install()
        print(f"{version} and SpotFi, {options.subscribers} subscribers, {options.sessions} sessions", flush=True)
        peer = _start_freeradius(stack, folder, database, database_pid, guests, options.sessions)
        ours, cut_off = _start_spotfi(stack, folder, database, database_pid, guests, options)
        figures: dict[str, float] = {}
        for mix in _MIXES:
            figures |= _compare(mix, peer, ours, options)
        figures["storm_s"] = measure_storm(ours)
        figures |= measure_cut_off(ours, cut_off, figures["acct_requests_per_s"] / 2)
    print(json.dumps({"bench": "radius", "figures": {name: round(value, 2) for name, value in figures.items()}}))


def _compare(mix: str, peer: Subject, ours: Subject, options: argparse.Namespace) -> dict[str, float]:
    """The two in turns, and ours again at the rate that was the peer's best."""
    print(f"\n{_MIXES[mix]}\n{'':<24}requests/s   p50 ms   p99 ms  server µs  database µs  (generator µs, window)")
    for subject in (peer, ours):
        find_window(subject, mix, options.seconds / 2)
    runs: dict[str, list[Run]] = {peer.name: [], ours.name: []}
    for _ in range(options.rounds):
        for subject in (peer, ours):
            runs[subject.name].append(measure(subject, mix, subject.best_window[mix], options.seconds))
    theirs, best = median_run(runs[peer.name]), median_run(runs[ours.name])
    gentle = measure(ours, mix, peer.best_window[mix], options.seconds, rate=theirs.per_s)
    _print_run(peer.name, theirs, peer.best_window[mix])
    _print_run(ours.name, best, ours.best_window[mix])
    _print_run("SpotFi at that rate", gentle, peer.best_window[mix])
    print(f"ratio {best.per_s / theirs.per_s:.1f} in requests/s, {theirs.cpu_us / best.cpu_us:.1f} in CPU", flush=True)
    return {
        f"{mix}_vs_freeradius": best.per_s / theirs.per_s,
        f"{mix}_cpu_vs_freeradius": theirs.cpu_us / best.cpu_us,
        f"{mix}_requests_per_s": best.per_s,
        f"{mix}_lost": sum(run.lost for run in runs[ours.name]),
        f"{mix}_p50_ms": best.p50_ms,
        f"{mix}_p99_ms": best.p99_ms,
        f"{mix}_server_us": best.server_us,
        f"{mix}_database_us": best.database_us,
        f"{mix}_p99_ratio_at_freeradius_rate": gentle.p99_ms / theirs.p99_ms,
        f"freeradius_{mix}_requests_per_s": theirs.per_s,
        f"freeradius_{mix}_p99_ms": theirs.p99_ms,
    }


def _print_run(name: str, run: Run, window: int) -> None:
    print(
        f"{name:<24}{run.per_s:10.0f} {run.p50_ms:8.2f} {run.p99_ms:8.2f} {run.server_us:10.1f} {run.database_us:12.1f}"
        f"  ({run.generator_us:.1f}, {window}{', lost ' + str(run.lost) if run.lost else ''})"
    )


def _start_database(stack: ExitStack, folder: Path) -> tuple[EmbeddedDatabase, int]:
    database = EmbeddedDatabase(folder, wheel_programs())
    database.prepare()
    server = running(database.argv(), folder / "postgres.log", database.is_ready, environ=server_environ())
    return database, stack.enter_context(server).pid


def _start_freeradius(
    stack: ExitStack, folder: Path, database: EmbeddedDatabase, database_pid: int, guests: list[Guest], sessions: int
) -> Subject:
    with psycopg.connect(database.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE freeradius")
    url = database.url("freeradius")
    freeradius.fill(url, guests)
    parts = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    conninfo = f"host={parts['host']} user={parts['user']} dbname=freeradius"
    auth, acct = free_ports(2)
    pid = stack.enter_context(freeradius.serving(folder, conninfo, _NAS, auth, acct))
    ports = {"auth": auth, "acct": acct}
    return Subject("FreeRADIUS", _NAS, ports, pid, database_pid, guests, sessions, 12_000, (16, 32, 64))


def _start_spotfi(
    stack: ExitStack,
    folder: Path,
    database: EmbeddedDatabase,
    database_pid: int,
    guests: list[Guest],
    options: argparse.Namespace,
) -> tuple[Subject, CutOff]:
    cut_off = stack.enter_context(CutOff(_NAS))
    ids = spotfi_radius.fill(database.url(), _NAS, guests, coa_port=cut_off.port)
    with psycopg.connect(database.url()) as connection:
        cut_off.fill(connection, ids)
    auth, acct = free_ports(2)
    start = spotfi_radius.serving
    pid = stack.enter_context(start("radius", folder, database.url(), auth, acct, processes=options.processes))
    stack.enter_context(start("worker", folder, database.url(), auth, acct))
    ports = {"auth": auth, "acct": acct}
    subject = Subject("SpotFi", _NAS, ports, pid, database_pid, guests, options.sessions, 60_000, (128, 256, 512, 1024))
    return subject, cut_off


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.radius", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=10_000, help="accounting sessions at a time")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each stretch of load")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each; medians are told")
    usual = Settings.model_fields["radius_processes"].default
    parser.add_argument("--processes", type=int, default=usual, help="SpotFi's SPOTFI_RADIUS_PROCESSES")
    return parser.parse_args()


if __name__ == "__main__":
    main()
