"""Where the signing keys come from: a file that was given, else one made at the first build and kept."""

import os
from pathlib import Path
from typing import Protocol, Self, TypeVar

from spotfi_package.errors import BuildError


class SigningKey(Protocol):
    """What both kinds of key can do."""

    @classmethod
    def generate(cls) -> Self: ...

    @classmethod
    def parse(cls, text: str) -> Self: ...

    def secret_text(self) -> str: ...


Key = TypeVar("Key", bound=SigningKey)


def load_key(kind: type[Key], given: Path | None, kept: Path) -> Key:
    """The key in the given file, which must exist, or the one kept here, made now if it is not there yet."""
    if given is None and not kept.exists():
        _write_private(kept, kind.generate().secret_text())
    source = given or kept
    try:
        return kind.parse(source.read_text())
    except OSError as error:
        msg = f"The signing key {source} cannot be read: {error.strerror}."
        raise BuildError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"The signing key {source} is no text file."
        raise BuildError(msg) from error


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
