"""What e-mails about documents say, a JSON file for each language; a further language is one more file with the same keys."""

import json
from functools import cache
from importlib import resources

_FALLBACK = "en"


@cache
def _texts_in(language: str) -> dict[str, str]:
    """The texts in a language (BCP 47, its region left aside), in English where there are none in it."""
    folder = resources.files(__package__)
    file = folder.joinpath(f"{language.partition('-')[0].lower()}.json")
    if not file.is_file():
        file = folder.joinpath(f"{_FALLBACK}.json")
    texts: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return texts


def text_in(language: str, key: str, values: dict[str, str]) -> str:
    """A text with its `{values}` in place."""
    text = _texts_in(language)[key]
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
