"""Count, sum, least and most of a gauge's values, of a whole run of samples at once. Pure."""

from collections.abc import Sequence

from spotfi_cloud.telemetry.figures import Level
from spotfi_cloud.telemetry.moments import KIB, LOADS, PLAIN, TENTHS

Levels = dict[str, Level]
Scale = tuple[int, int]
"""What the numbers on the wire are multiplied with, or else divided by."""
AS_IT_IS: Scale = (1, 1)
GAUGE_COLUMNS: Sequence[tuple[str, str, Scale]] = (
    *((column, name, (1024, 1)) for column, name in KIB.items()),
    *((name, name, (1, 10)) for name in TENTHS),
    *((name, name, AS_IT_IS) for name in PLAIN),
    *((name, name, (1, 100)) for name in LOADS),
)
"""Of each gauge but the uptime: its column, its name, its scale."""


def add_constant(levels: Levels, name: str, value: int | None, count: int, scale: Scale) -> None:
    """So many samples of one value; None where the router has none."""
    if value is None:
        levels.setdefault(name, [0, 0, 0, 0])
    else:
        _add(levels, name, count, (value * count, value, value), scale)


def add_values(levels: Levels, name: str, values: Sequence[int], scale: Scale) -> None:
    """Samples, those left out that had no value."""
    if values:
        _add(levels, name, len(values), (sum(values), min(values), max(values)), scale)
    else:
        levels.setdefault(name, [0, 0, 0, 0])


def _add(levels: Levels, name: str, count: int, sums: tuple[int, int, int], scale: Scale) -> None:
    total, least, most = sums
    factor, divisor = scale
    level: Level = (
        [count, total * factor, least * factor, most * factor]
        if divisor == 1
        else [count, total / divisor, least / divisor, most / divisor]
    )
    known = levels.get(name)
    if known is None or not known[0]:
        levels[name] = level
        return
    known[0] += level[0]
    known[1] += level[1]
    known[2] = min(known[2], level[2])
    known[3] = max(known[3], level[3])
