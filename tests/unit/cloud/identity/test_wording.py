"""E-mails say the same in every language."""

import pytest

from spotfi_cloud.identity.service.letters import Kind
from spotfi_cloud.identity.wording import FALLBACK, languages, texts_in


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_has_every_text(language: str) -> None:
    texts = texts_in(language)
    worded = set(Kind) - {Kind.WRITTEN}  # which comes with words of its own
    assert texts.keys() == texts_in(FALLBACK).keys() >= {f"{kind}_subject" for kind in worded}
    assert all(text.strip() and "\n" not in text for text in texts.values())
    assert language == FALLBACK or not set(texts.values()) & set(texts_in(FALLBACK).values())


def test_a_region_is_left_aside_and_an_unknown_language_is_english() -> None:
    assert languages() >= {"en", "fr", "es", "pt", "ar"}
    assert texts_in("pt-BR") == texts_in("pt")
    assert texts_in("tlh") == texts_in(None) == texts_in("en")
