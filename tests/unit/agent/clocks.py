"""Clocks for the agent's tests that move only when told to."""


class ManualClock:
    """Both clocks of a router."""

    def __init__(self, *, wall_ms: int = 1_800_000_000_000, mono_ms: int = 1_000_000) -> None:
        self._wall_ms = wall_ms
        self._mono_ms = mono_ms

    def wall_ms(self) -> int:
        return self._wall_ms

    def mono_ms(self) -> int:
        return self._mono_ms

    def advance(self, seconds: float) -> None:
        self._wall_ms += round(seconds * 1000)
        self._mono_ms += round(seconds * 1000)

    def set_wall(self, wall_ms: int) -> None:
        self._wall_ms = wall_ms
