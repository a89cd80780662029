"""Everybody back at once after a power cut: how long until the last guest is let in, nobody being known from before."""

import time

from benchmarks.load.blast import Blast, Target
from benchmarks.load.measured import Subject, signed
from benchmarks.load.radius_workloads import Logins

_WINDOW = 4096
_FORGOTTEN_S = 1.1
"""What a server may remember of the runs before is older than that."""


def measure_storm(subject: Subject) -> float:
    """Seconds from the first login to the last one's answer. RuntimeError where one is lost or refused."""
    packets = signed(Logins(subject.nas, subject.guests), _WINDOW, len(subject.guests))
    time.sleep(_FORGOTTEN_S)
    target = Target(("127.0.0.1", subject.ports["auth"]), subject.nas.secret, _WINDOW, timeout_s=10)
    result = Blast(target, packets).run()
    if result.lost or set(result.replies) != {2}:
        raise RuntimeError(f"{result.lost} logins were lost, the others answered with {dict(result.replies)}")
    print(f"\n{len(packets)} guests back at once: the last one is in after {result.elapsed_s:.2f} s", flush=True)
    return result.elapsed_s
