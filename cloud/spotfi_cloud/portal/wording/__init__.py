"""What guests read, a JSON file for each language; a further language is one more file with the same keys."""

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
def texts_in(code: str) -> dict[str, Any]:
    """The texts of one of `languages`: sentences by name; `months` is a list."""
    texts: dict[str, Any] = json.loads(resources.files(__package__).joinpath(f"{code}.json").read_text("utf-8"))
    return texts


def choose_language(accepted: str, *hosts_own: str | None) -> str:
    """The first language there are texts in: of the browser's Accept-Language by its weights, then the host's; else English."""
    wanted = sorted((-_weight(part), position, part) for position, part in enumerate(accepted[:500].split(",")))
    tags = [part.split(";")[0] for weight, _, part in wanted if weight < 0]
    for tag in (*tags, *(own for own in hosts_own if own)):
        code = tag.strip().lower().split("-")[0]
        if code in languages():
            return code
    return FALLBACK


def _weight(part: str) -> float:
    """RFC 9110 §12.4.2; what cannot be read counts for nothing."""
    _, given, value = part.partition(";q=")
    try:
        return float(value) if given else 1.0
    except ValueError:
        return 0.0
