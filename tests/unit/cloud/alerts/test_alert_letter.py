"""A letter names what happened, when by the host's clock, and where to look."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from spotfi_cloud.alerts.letter import Line, alert_letter
from spotfi_cloud.alerts.rules import UNITS, AlertKind, Severity
from spotfi_cloud.identity.wording import languages, texts_in

AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
URL = "https://spotfi.test/#/alerts"


def line(kind: AlertKind, *, value: float | None = None, is_over: bool = False, name: str | None = "Bar") -> Line:
    return Line(AT, is_over, kind, Severity.WARNING, name, value, UNITS.get(kind), None)


def write(*lines: Line, language: str = "en", is_test: bool = False) -> tuple[str, str]:
    return alert_letter(texts_in(language), lines, zone=ZoneInfo("Europe/Vienna"), url=URL, is_test=is_test)


def test_one_alert_is_the_subject() -> None:
    subject, text = write(line(AlertKind.CPU_HIGH, value=97.4))
    assert subject == "SpotFi: Raised: processor busy: Bar"
    assert "2026-07-01 14:00:00 CEST  Raised: processor busy: Bar (97 %)" in text
    assert URL in text


def test_a_name_breaks_no_header() -> None:
    subject, _ = write(line(AlertKind.ROUTER_OFFLINE, name="a\r\nBcc: b"))
    assert "\n" not in subject
    assert "\r" not in subject


def test_a_test_says_so() -> None:
    subject, text = write(is_test=True)
    assert (subject, texts_in("en")["alert_test"] in text) == ("SpotFi: a test of alerts", True)


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_has_words_for_every_kind(language: str) -> None:
    lines = [line(kind, is_over=is_over) for kind in AlertKind for is_over in (False, True)]
    subject, text = write(*lines, language=language)
    assert str(len(lines)) in subject
    assert all(texts_in(language)[f"alert_{kind}"] in text for kind in AlertKind)
