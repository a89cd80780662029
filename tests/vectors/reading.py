"""Reads the packets in this folder; README.md describes their format."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Vector:
    """One packet and everything said about it."""

    name: str
    datagram: bytes
    said: dict[str, str]
    holds: list[tuple[str, str]] = field(default_factory=list)

    @property
    def secret(self) -> bytes:
        return self.said["secret"].encode()


def read_vectors() -> dict[str, Vector]:
    """All packets by name."""
    texts = (file.read_text() for file in sorted(_FOLDER.glob("*.txt")))
    vectors = [_read(paragraph) for text in texts for paragraph in _paragraphs(text)]
    by_name = {vector.name: vector for vector in vectors}
    assert len(by_name) == len(vectors), "two packets have one name"
    return by_name


def _paragraphs(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [paragraph.splitlines() for paragraph in "\n".join(lines).strip().split("\n\n") if paragraph.strip()]


def _read(lines: list[str]) -> Vector:
    words = [line.partition(" ")[::2] for line in lines if line]
    said = {word: value for word, value in words if word not in {"hex", "holds"}}
    holds = [value.partition(" ")[::2] for word, value in words if word == "holds"]
    datagram = bytes.fromhex("".join(value for word, value in words if word == "hex"))
    return Vector(said["packet"], datagram, said, holds)
