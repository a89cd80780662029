"""A letter about alerts, in the words of a language (`identity.wording`). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from spotfi_cloud.alerts.rules import AlertKind, Severity

_NO_FIGURE_IN = frozenset({AlertKind.TELEMETRY_MISSING, AlertKind.INVOICE_OVERDUE})


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was raised or is over. `name`: of the router or guest, or the number of the invoice."""

    at: datetime
    is_over: bool
    kind: AlertKind
    severity: Severity
    name: str | None
    value: float | None
    unit: str | None
    command: str | None


def alert_letter(
    said: Mapping[str, str], lines: Sequence[Line], *, zone: ZoneInfo, url: str, is_test: bool
) -> tuple[str, str]:
    """Subject and text. The subject names what the letter is about where that is one thing, else how many."""
    parts = [said["alert_test"]] if is_test else []
    if lines:
        parts.append("\n".join([said["alert_opening"], "", *(_in_words(said, line, zone) for line in lines)]))
    parts.append(f"{said['alert_closing']}\n{url}")
    return _subject(said, lines), "\n\n".join(parts) + "\n"


def _subject(said: Mapping[str, str], lines: Sequence[Line]) -> str:
    if not lines:
        return said["alert_test_subject"]
    if len(lines) > 1:
        return said["alert_subject"].format(count=len(lines))
    turn = said["alert_cleared" if lines[0].is_over else "alert_raised"]
    return " ".join(f"SpotFi: {turn}: {_about(said, lines[0])}".split())


def _in_words(said: Mapping[str, str], line: Line, zone: ZoneInfo) -> str:
    turn = said["alert_cleared" if line.is_over else "alert_raised"]
    at = line.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    shown = line.value is not None and line.unit and line.kind not in _NO_FIGURE_IN
    return f"{at}  {turn}: {_about(said, line)}" + (f" ({line.value:.0f} {line.unit})" if shown else "")


def _about(said: Mapping[str, str], line: Line) -> str:
    what = said[f"alert_{line.kind}"] + (f" ({line.command})" if line.command else "")
    return what if line.name is None else f"{what}: {line.name}"
