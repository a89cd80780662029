"""Deadlines: they hold with a wall clock and without one."""

from uuid import UUID

import pytest

from spotfi_agent.commands.order import Order
from spotfi_protocol.messages import Command
from tests.unit.agent.clocks import ManualClock

NOW_MS = 1_800_000_000_000


@pytest.mark.parametrize(
    ("wall_ms", "deadline_at_ms", "waited_s", "has_expired"),
    [
        (NOW_MS, NOW_MS + 60_000, 0, False),
        (NOW_MS, NOW_MS + 60_000, 59, False),
        (NOW_MS, NOW_MS + 60_000, 60, True),
        (NOW_MS, NOW_MS - 1, 0, True),  # it lay at the broker while the router was away
        (0, NOW_MS, 59, False),  # the router believes it is 1970: only the time since it came counts
        (0, NOW_MS, 60, True),
        (NOW_MS, NOW_MS + 10**9, 60, True),
    ],
)
def test_a_deadline(wall_ms: int, deadline_at_ms: int, waited_s: int, has_expired: bool) -> None:
    clock = ManualClock(wall_ms=wall_ms)
    order = Order(Command(UUID(int=1), "reboot", {}, deadline_at_ms, 60), clock.mono_ms())
    clock.advance(waited_s)
    assert order.has_expired(clock) is has_expired
