"""What a request costs as an installation grows: from 10,000 to 1,000,000 subscribers, from one to twelve months of history.

`make bench-radius_scale`, or `python -m benchmarks.radius_scale --help`. Processor time of server and database per request,
which other work on the machine blurs less than rates. Rows are made by PostgreSQL itself; that takes most of the minutes.
"""

import argparse
import json
import tempfile
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg

from benchmarks.load.measured import Run, Subject, measure
from benchmarks.load.ports import free_ports
from benchmarks.load.radius_workloads import Guest, Nas
from benchmarks.peers import spotfi_radius
from benchmarks.peers.processes import running
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase, server_environ
from spotfi_cloud.entrypoints.embedded.programs import wheel_programs

_NAS = Nas("load", b"a-shared-secret-of-some-length")
_FEW = 10_000
_WINDOW = 512
_MIXES = ("auth", "acct")
_PASSWORD = "the same for all"

_SUBSCRIBERS = """
INSERT INTO subscribers (id, username, password_sealed, plan_id, host_id, created_at)
SELECT gen_random_uuid(), 'guest-' || lpad(number::text, 7, '0'), first.password_sealed, first.plan_id, first.host_id,
    first.created_at
FROM (SELECT * FROM subscribers WHERE username = 'guest-0000000') AS first, generate_series(%s::int, %s::int) AS number
"""

_SESSIONS = """
INSERT INTO sessions (id, router_id, host_id, acct_session_id, username, subscriber_id, calling_station_id,
    called_station_id, framed_ip, nas_address, login, known_up_bytes, known_down_bytes, gigawords, session_time_s, up_bytes,
    down_bytes, refused_updates, started_at, updated_at, heard_at, ended_at, stopped, terminate_cause)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
        || right(replace(gen_random_uuid()::text, '-', ''), 20))::uuid,
    %(router)s, %(host)s, 'past-' || %(month)s || '-' || number, username, subscribers.id, '02-00-00-00-00-01',
    '02-FF-00-00-00-01', '10.0.0.1', '127.0.0.1', '', 4000, 40000, true, 3600, 4000, 40000, 0, at, at + interval '1 hour',
    at + interval '1 hour', at + interval '1 hour', true, 'user-request'
FROM generate_series(0, %(sessions)s - 1) AS number
CROSS JOIN LATERAL (SELECT date_trunc('month', now()) - make_interval(months => %(month)s)
    + number * interval '27 days' / %(sessions)s AS at) AS moments
JOIN subscribers ON username = 'guest-' || lpad((number::bigint * 7919 %% %(subscribers)s)::text, 7, '0')
"""

_LEDGER = """
INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, subscriber_id, up_bytes, down_bytes)
SELECT id, date_bin('15 minutes', started_at, timestamptz '2000-01-01 00:00+00') + quarter * interval '15 minutes', router_id,
    host_id, subscriber_id, 1000, 10000
FROM sessions, generate_series(0, 3) AS quarter WHERE acct_session_id LIKE 'past-' || %(month)s || '-%%'
"""

_MONTHS = "SELECT count(DISTINCT split_part(acct_session_id, '-', 2)) FROM sessions WHERE acct_session_id LIKE 'past-%'"

_BALANCES = """
INSERT INTO quota_balances (subscriber_id, period_start, period_end, used_bytes)
SELECT id, date_trunc('month', now(), 'UTC'), date_trunc('month', now(), 'UTC') + interval '1 month', 0
FROM subscribers WHERE username = ANY(%s) ON CONFLICT DO NOTHING
"""
"""Nothing was used in this month before the load: balances as they are in the middle of a month, not at its first minute."""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="spotfi-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        database = EmbeddedDatabase(folder, wheel_programs())
        database.prepare()
        server = running(database.argv(), folder / "postgres.log", database.is_ready, environ=server_environ())
        subject, ids = _start(stack, folder, database.url(), stack.enter_context(server).pid)
        print(f"{'':<44}auth µs   acct µs   (server + database, per request)", flush=True)
        stages: list[dict[str, Run]] = []
        for subscribers, months in ((_FEW, 1), (options.subscribers, 1), (options.subscribers, options.months)):
            _grow(database.url(), ids, subscribers, months, options.sessions)
            subject.guests, subject.accounting, subject.accounted = _sample(subscribers), None, 0
            stages.append(_measure(subject, database.url(), options))
            _print_stage(stages[-1], subscribers, months)
    figures = _figures(stages)
    print(json.dumps({"bench": "radius_scale", "figures": {name: round(value, 2) for name, value in figures.items()}}))


def _start(stack: ExitStack, folder: Path, url: str, database_pid: int) -> tuple[Subject, dict[str, UUID]]:
    ids = spotfi_radius.fill(url, _NAS, [Guest("guest-0000000", _PASSWORD)], coa_port=3799)
    auth, acct = free_ports(2)
    pid = stack.enter_context(spotfi_radius.serving("radius", folder, url, auth, acct))
    return Subject("SpotFi", _NAS, {"auth": auth, "acct": acct}, pid, database_pid, [], _FEW, 30_000, (_WINDOW,)), ids


def _grow(url: str, ids: dict[str, UUID], subscribers: int, months: int, sessions: int) -> None:
    """To so many subscribers, and that many past months with so many sessions each, four quarters of an hour long."""
    with psycopg.connect(url, autocommit=True) as connection:
        there = _number(connection, "SELECT count(*) FROM subscribers")
        connection.execute(_SUBSCRIBERS, (there, subscribers - 1))
        past = _number(connection, _MONTHS)
        for month in range(past + 1, months + 1):
            values = {**ids, "month": month, "sessions": sessions, "subscribers": subscribers}
            connection.execute("ANALYZE subscribers")
            connection.execute(_SESSIONS, values)
            connection.execute("ANALYZE sessions")
            connection.execute(_LEDGER, values)
        connection.execute("VACUUM ANALYZE")


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _sample(subscribers: int) -> list[Guest]:
    """Ten thousand guests out of all, the same in every run."""
    numbers = Random(7).sample(range(subscribers), _FEW)
    return [Guest(f"guest-{number:07}", _PASSWORD) for number in numbers]


def _measure(subject: Subject, url: str, options: argparse.Namespace) -> dict[str, Run]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_BALANCES, ([guest.username for guest in subject.guests],))
    stage = {}
    for mix in _MIXES:
        measure(subject, mix, _WINDOW, options.seconds / 2)
        runs = [measure(subject, mix, _WINDOW, options.seconds) for _ in range(options.rounds)]
        stage[mix] = min(runs, key=attrgetter("cpu_us"))
    return stage


def _print_stage(stage: dict[str, Run], subscribers: int, months: int) -> None:
    name = f"{subscribers:,} subscribers, {months} month{'s' if months > 1 else ''} of history"
    print(f"{name:<44}{stage['auth'].cpu_us:7.1f}   {stage['acct'].cpu_us:7.1f}", flush=True)


def _figures(stages: list[dict[str, Run]]) -> dict[str, float]:
    few, many, old = stages
    return {
        f"{mix}_{name}": value
        for mix in _MIXES
        for name, value in (
            ("cpu_us", few[mix].cpu_us),
            ("cpu_us_many_subscribers", many[mix].cpu_us),
            ("cpu_us_long_history", old[mix].cpu_us),
            ("growth_with_subscribers", many[mix].cpu_us / few[mix].cpu_us),
            ("growth_with_history", old[mix].cpu_us / many[mix].cpu_us),
            ("lost", few[mix].lost + many[mix].lost + old[mix].lost),
        )
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.radius_scale", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--sessions", type=int, default=100_000, help="past sessions of each month")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each stretch of load")
    parser.add_argument("--rounds", type=int, default=8)
    return parser.parse_args()


if __name__ == "__main__":
    main()
