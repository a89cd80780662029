"""Ports for servers that must be told theirs, or that come up again on the same one.

A port the kernel gives for `bind(0)` and that is let go again may be anybody's a moment later: it is also where outgoing
connections start from. These lie below that range, in a stretch each test process has for itself.
"""

import socket
from functools import cache
from itertools import cycle

_FIRST, _STRETCHES, _LENGTH = 15_000, 80, 200


def free_port() -> int:
    """A port that nobody listens on, over TCP or UDP, and that nobody is given again soon."""
    return next(port for port in _ports() if _is_free(port))


def free_ports(how_many: int) -> list[int]:
    """As many of them, all different."""
    return [free_port() for _ in range(how_many)]


@cache
def _ports() -> "cycle[int]":
    first = _FIRST + _LENGTH * _claim_stretch()
    return cycle(range(first, first + _LENGTH))


@cache
def _claim_stretch() -> int:
    """The number of a stretch no other test process of this machine has; kept until this process ends."""
    for number in range(_STRETCHES):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0spotfi-test-ports-{number}")
        except OSError:
            claim.close()
        else:
            _claims.append(claim)
            return number
    msg = "every stretch of ports is taken"
    raise RuntimeError(msg)


_claims: list[socket.socket] = []


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("", port))
            except OSError:
                return False
    return True
