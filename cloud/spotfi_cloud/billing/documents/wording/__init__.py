"""What documents say, a JSON file for each language; a further language is one more file with the same keys.

A text is a string, or where a number decides its form, a form for each of the language's plural categories (CLDR).
"""

import json
from functools import cache
from importlib import resources
from typing import Any

FALLBACK = "en"


@cache
def languages() -> frozenset[str]:
    """The languages there are, as ISO 639 codes."""
    names = (file.name for file in resources.files(__package__).iterdir())
    return frozenset(name.removesuffix(".json") for name in names if name.endswith(".json"))


@cache
def texts_in(language: str) -> dict[str, Any]:
    """The texts in one of `languages()`."""
    file = resources.files(__package__).joinpath(f"{language}.json")
    texts: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return texts
