"""How long to wait before a program that ended by itself is started again. Pure."""

from dataclasses import dataclass

FIRST_S = 0.5
LONGEST_S = 30.0
STEADY_S = 60.0
"""A program that lived this long was well: its next crash counts as the first."""


@dataclass
class BackOff:
    """The waits of one program: doubling from half a second to half a minute, afresh after a minute of life."""

    _next_s: float = FIRST_S

    def after(self, lived_s: float) -> float:
        """Seconds to wait now that the program has ended after `lived_s` seconds."""
        wait_s = FIRST_S if lived_s >= STEADY_S else self._next_s
        self._next_s = min(wait_s * 2, LONGEST_S)
        return wait_s
