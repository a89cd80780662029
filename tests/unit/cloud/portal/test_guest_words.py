"""Every language says all there is to say, in the guest's or the host's tongue; colours can be read on."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.access.rules import Refusal
from spotfi_cloud.portal.colors import contrast, readable_on
from spotfi_cloud.portal.wording import choose_language, languages, texts_in
from spotfi_cloud.portal.words import Words
from spotfi_cloud.quotas.terms import Measure

ENGLISH = Words("en", "Europe/Vienna")


def _places(text: object) -> list[str]:
    return sorted(re.findall(r"{\w+}", str(text)))


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_language_has_every_text_with_every_place(language: str) -> None:
    english, texts = texts_in("en"), texts_in(language)
    assert texts.keys() == english.keys()
    assert {name: _places(text) for name, text in texts.items()} == {
        name: _places(text) for name, text in english.items()
    }
    assert len(texts["months"]) == 12
    assert {reason.value for reason in Refusal} - {Refusal.QUOTA_USED_UP.value} <= texts.keys()
    assert {f"used_up_{measure.value}" for measure in Measure} <= texts.keys()


@pytest.mark.parametrize(
    ("accepted", "hosts_own", "chosen"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", None, "fr"),
        ("en;q=0.5, pt-BR", None, "pt"),
        ("de, ar;q=0.1", "es", "ar"),
        ("de-AT", "es", "es"),
        ("", "fr-FR", "fr"),
        ("", None, "en"),
        ("en;q=x, ;;;,q=,*", None, "en"),
        ("fr;q=0", None, "en"),
    ],
)
def test_the_browsers_language_comes_before_the_hosts(accepted: str, hosts_own: str | None, chosen: str) -> None:
    assert choose_language(accepted, hosts_own) == chosen


@given(st.text(max_size=600))
def test_any_header_gives_a_language(accepted: str) -> None:
    assert choose_language(accepted) in languages()


@pytest.mark.parametrize(
    ("volume_bytes", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (1_999_999, "1.99 MB"),
        (64_000_000, "64.0 MB"),
        (999_999_999, "999 MB"),
        (1_500_000_000_000, "1.50 TB"),
    ],
)
def test_volumes_are_rounded_down(volume_bytes: int, words: str) -> None:
    assert ENGLISH.volume(volume_bytes).replace("\u00a0", " ") == words


@pytest.mark.parametrize(("seconds", "words"), [(59, "0 min"), (3599, "59 min"), (12_000, "3 h 20 min"), (-5, "0 min")])
def test_time_is_rounded_down(seconds: int, words: str) -> None:
    assert ENGLISH.span(seconds) == words


def test_dates_are_the_venues() -> None:
    assert ENGLISH.date(datetime(2026, 11, 30, 23, tzinfo=UTC)) == "1 December 2026"
    assert Words("fr", "Europe/Vienna").date(datetime(2026, 11, 1, 12, tzinfo=UTC)) == "1 novembre 2026 à 13:00"


def test_values_keep_their_direction_in_arabic() -> None:
    arabic = Words("ar", "UTC")
    assert "\u2068" + arabic.volume(1000) + "\u2069" in arabic.say("left", bytes=arabic.volume(1000))


def test_dates_and_spans_read_from_right_to_left_in_arabic() -> None:
    """Their first letter gives the direction of the whole, which a nested isolate would hide."""
    arabic = Words("ar", "Europe/Vienna")
    day = arabic.date(datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert day == "22 نوفمبر 2026 الساعة 13:00"
    assert f"\u2068{day}\u2069" in arabic.say("valid_until", date=day)
    assert "\u2068" not in arabic.span(3700)


@given(st.integers(0, 0xFFFFFF))
def test_text_on_any_colour_can_be_read(color: int) -> None:
    background = f"#{color:06x}"
    assert contrast(readable_on(background), background) >= 4.5
