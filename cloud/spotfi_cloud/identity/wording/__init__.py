"""What e-mails to staff say, a JSON file for each language; a further language is one more file with the same keys."""

import json
from functools import cache
from importlib import resources

FALLBACK = "en"


@cache
def languages() -> frozenset[str]:
    """The languages there are, as ISO 639 codes."""
    names = (file.name for file in resources.files(__package__).iterdir())
    return frozenset(name.removesuffix(".json") for name in names if name.endswith(".json"))


@cache
def texts_in(language: str | None) -> dict[str, str]:
    """The texts in a language (BCP 47, its region left aside), in English where there is none of it, or none is given."""
    code = (language or FALLBACK).split("-")[0]
    file = f"{code if code in languages() else FALLBACK}.json"
    texts: dict[str, str] = json.loads(resources.files(__package__).joinpath(file).read_text(encoding="utf-8"))
    return texts
