"""Names and numbers of RADIUS attributes, read from the data files in `dictionaries/`.

Call sites use the constants of `attributes.py`, which `python -m spotfi_cloud.radius.dictionary` makes from the same
files; the dictionary itself serves whoever has to show a packet to people.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

_HEADER = '''"""Numbers of RADIUS attributes and of their values. Made from `dictionaries/`: change those."""

from enum import IntEnum
from typing import Final
'''


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of RFC or vendor: its number, name (without the vendor's) and kind of value."""

    number: int
    name: str
    kind: str


@dataclass(slots=True)
class Dictionary:
    """The attributes of one vendor, or of the RFCs where `vendor` is 0."""

    vendor: int = 0
    name: str = "RFC"
    attributes: dict[int, Attribute] = field(default_factory=dict)
    values: dict[str, dict[int, str]] = field(default_factory=dict)


def parse(text: str) -> Dictionary:
    """A dictionary out of the text of its file (format: dictionaries/README.md). Raises ValueError naming the line."""
    dictionary = Dictionary()
    for line in text.splitlines():
        match line.partition("#")[0].split():
            case []:
                continue
            case ["vendor", number, name]:
                dictionary.vendor, dictionary.name = int(number), name
            case ["attribute", number, name, kind]:
                dictionary.attributes[int(number)] = Attribute(int(number), name, kind)
            case ["value", attribute, number, name]:
                dictionary.values.setdefault(attribute, {})[int(number)] = name
            case _:
                msg = f"not a line of a dictionary: {line!r}"
                raise ValueError(msg)
    return dictionary


@cache
def load() -> dict[int, Dictionary]:
    """Every dictionary we ship by vendor number, that of the RFCs under 0."""
    folder = resources.files("spotfi_cloud.radius") / "dictionaries"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name)
    dictionaries = (parse(file.read_text(encoding="ascii")) for file in files)
    return {dictionary.vendor: dictionary for dictionary in sorted(dictionaries, key=lambda each: each.vendor)}


def render(dictionaries: dict[int, Dictionary]) -> str:
    """The source of `attributes.py`: a class of constants per dictionary, an IntEnum per attribute with named values."""
    classes = (_HEADER, *(line for each in dictionaries.values() for line in _render_one(each)))
    return "\n".join(classes)


def _render_one(dictionary: Dictionary) -> Iterator[str]:
    title = "Attr" if dictionary.vendor == 0 else dictionary.name
    doc = "Attributes of the RFCs." if dictionary.vendor == 0 else f"Attributes of vendor {dictionary.vendor}."
    yield f'\nclass {title}:\n    """{doc}"""\n'
    if dictionary.vendor:
        yield f"    VENDOR: Final = {dictionary.vendor}"
    for attribute in dictionary.attributes.values():
        yield f"    {_constant(attribute.name)}: Final = {attribute.number}"
    yield ""
    for attribute_name, values in dictionary.values.items():
        yield f'\nclass {attribute_name.replace("-", "")}(IntEnum):\n    """Values of {attribute_name}."""\n'
        yield from (f"    {_constant(name)} = {number}" for number, name in values.items())
        yield ""


def _constant(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()


if __name__ == "__main__":
    sys.stdout.write(render(load()))
