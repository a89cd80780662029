"""Ports nobody uses now."""

import socket
from contextlib import ExitStack


def free_ports(count: int) -> list[int]:
    """UDP ports on loopback, all different."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
