"""One stretch of load on one server, with the CPU time that server and database took for it."""

import math
from dataclasses import dataclass, field
from statistics import median

from benchmarks.load.blast import Blast, Target, identifiers
from benchmarks.load.radius_workloads import MOST_SOCKETS, Guest, Logins, Nas, Sessions, Workload
from benchmarks.peers.processes import cpu_s


@dataclass
class Subject:
    """A server under load."""

    name: str
    nas: Nas
    ports: dict[str, int]
    """By mix: `auth`, `acct`."""
    server_pid: int
    database_pid: int
    guests: list[Guest]
    sessions: int
    estimate_per_s: int
    """More than it can do: that many packets are signed per second of a run."""
    windows: tuple[int, ...]
    best_window: dict[str, int] = field(default_factory=dict)
    accounting: Sessions | None = None
    """Goes on from run to run: sessions that were begun are ended."""
    accounted: int = 0
    """How many of its requests were sent."""
    sources: tuple[int, ...] = ()
    """Ports the requests come from, run after run."""


@dataclass(frozen=True)
class Run:
    """What came of a stretch of load."""

    per_s: float
    p50_ms: float
    p99_ms: float
    server_us: float
    database_us: float
    generator_us: float
    lost: int

    @property
    def cpu_us(self) -> float:
        """What a request cost server and database together."""
        return self.server_us + self.database_us


def measure(subject: Subject, mix: str, window: int, seconds: float, *, rate: float = math.inf) -> Run:
    """Load of this mix at this window. RuntimeError where a reply is wrong or of another kind than hoped for."""
    packets = signed(_workload(subject, mix), window, int(min(rate, subject.estimate_per_s) * seconds * 1.1))
    target = Target(
        ("127.0.0.1", subject.ports[mix]), subject.nas.secret, window, seconds, rate, sources=subject.sources
    )
    blast = Blast(target, packets)
    subject.sources = max(subject.sources, blast.sources, key=len)
    server_s, database_s = cpu_s(subject.server_pid), cpu_s(subject.database_pid)
    result = blast.run()
    subject.accounted += blast.sent if mix == "acct" else 0
    server_s, database_s = cpu_s(subject.server_pid) - server_s, cpu_s(subject.database_pid) - database_s
    wanted = {"auth": 2, "acct": 5}[mix]
    if set(result.replies) != {wanted}:
        raise RuntimeError(f"{subject.name} answered {mix} with {dict(result.replies)}, {wanted} was wanted")
    each = 1e6 / result.answered
    return Run(
        result.per_s,
        result.percentile_ms(50),
        result.percentile_ms(99),
        server_s * each,
        database_s * each,
        result.cpu_s * each,
        result.lost,
    )


def find_window(subject: Subject, mix: str, seconds: float) -> None:
    """Remember the window at which the server answers most without losing any."""
    best = 0.0
    for window in subject.windows:
        run = measure(subject, mix, window, seconds)
        if run.lost == 0 and run.per_s > best:
            best, subject.best_window[mix] = run.per_s, window
    if not best:
        raise RuntimeError(f"{subject.name} loses {mix} requests at every window")


def signed(workload: Workload, window: int, count: int) -> list[bytes]:
    """That many requests, ready to be sent at this window."""
    return [workload.next_request(identifier) for _, identifier in zip(range(count), identifiers(window), strict=False)]


def median_run(runs: list[Run]) -> Run:
    """The medians of several runs, figure by figure."""
    names = Run.__dataclass_fields__
    return Run(**{name: median(getattr(run, name) for run in runs) for name in names})


def _workload(subject: Subject, mix: str) -> Workload:
    if mix == "auth":
        return Logins(subject.nas, subject.guests)
    if subject.accounting is None:
        subject.accounting = Sessions(subject.nas, subject.guests, subject.sessions)
        _ramp_up(subject, subject.accounting)
    subject.accounted += -subject.accounted % MOST_SOCKETS  # a few sessions miss a report; all keep their sockets
    subject.accounting.go_to(subject.accounted)
    return subject.accounting


def _ramp_up(subject: Subject, sessions: Sessions) -> None:
    """Bring the sessions about, unmeasured. RuntimeError where a request is lost."""
    window = subject.windows[0]
    target = Target(("127.0.0.1", subject.ports["acct"]), subject.nas.secret, window)
    result = Blast(target, signed(sessions, window, sessions.ramp)).run()
    if result.lost:
        raise RuntimeError(f"{subject.name} lost {result.lost} of the first {sessions.ramp} accounting requests")
    subject.accounted = sessions.ramp
