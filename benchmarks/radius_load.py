"""Load on a RADIUS server: `python -m benchmarks.radius_load HOST:PORT --secret-file FILE --users-file FILE …`.

Without an address it measures itself against a responder that says yes to everything: the highest rate it can prove.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from benchmarks.load.radius_client import Outcome, Plan, run_load
from benchmarks.load.radius_workloads import Guest, Logins, Nas, Sessions, Workload


def main() -> None:
    options = _options()
    if options.server is None:
        figures = {f"{mix}_{name}": value for mix in ("auth", "acct") for name, value in _measure_itself(mix).items()}
    else:
        host, _, port = options.server.rpartition(":")
        workload = _workload(options.mix, _nas(options), _guests(options.users_file), options.sessions)
        plan = Plan(options.window, options.requests, options.seconds, options.rate, options.timeout, options.tries)
        figures = _load(options.mix, host.strip("[]"), int(port), workload, plan)
    print(json.dumps({"bench": "radius_load", "figures": figures}))


def _load(mix: str, host: str, port: int, workload: Workload, plan: Plan) -> dict[str, float]:
    outcome: Outcome = uvloop.run(run_load(host, port, workload, plan))
    figures = outcome.figures()
    print(f"{mix}: " + ", ".join(f"{name} {value:g}" for name, value in figures.items()))
    return figures


def _measure_itself(mix: str) -> dict[str, float]:
    nas = Nas("load", b"self-measurement")
    guests = [Guest(f"guest-{number:05}", f"password-{number:05}") for number in range(10_000)]
    with _responder(nas.secret) as port:
        return _load(mix, "127.0.0.1", port, _workload(mix, nas, guests, 10_000), Plan(requests=200_000))


@contextmanager
def _responder(secret: bytes) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.load.radius_responder"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(secret.decode() + "\n")
            process.stdin.flush()
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _workload(mix: str, nas: Nas, guests: list[Guest], sessions: int) -> Workload:
    return Logins(nas, guests) if mix == "auth" else Sessions(nas, guests, sessions)


def _nas(options: argparse.Namespace) -> Nas:
    return Nas(options.nas_identifier, options.secret_file.read_bytes().strip())


def _guests(users_file: Path) -> list[Guest]:
    """One guest a line: user name, a blank, password."""
    return [Guest(*line.split(" ", 1)) for line in users_file.read_text().splitlines()]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.radius_load", description=__doc__)
    parser.add_argument("server", nargs="?", help="HOST:PORT; nothing: measure the generator itself")
    parser.add_argument(
        "--mix", choices=["auth", "acct"], default="auth", help="PAP logins, or 1 Start : 3 Interim : 1 Stop"
    )
    parser.add_argument("--secret-file", type=Path, help="file with the shared secret")
    parser.add_argument("--users-file", type=Path, help="file with a user name and a password per line")
    parser.add_argument("--nas-identifier", default="load")
    parser.add_argument("--sessions", type=int, default=10_000, help="accounting sessions at a time")
    parser.add_argument("--window", type=int, default=64, help="requests in flight")
    parser.add_argument("--requests", type=float, default=float("inf"))
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=float("inf"), help="requests per second at most")
    parser.add_argument("--timeout", type=float, default=1.0, help="seconds until a request is sent again")
    parser.add_argument("--tries", type=int, default=3)
    options = parser.parse_args()
    if options.server is not None and (options.secret_file is None or options.users_file is None):
        parser.error("a server needs --secret-file and --users-file")
    return options


if __name__ == "__main__":
    main()
