"""The one interface of all machines."""

from dataclasses import dataclass
from typing import Protocol

from spotfi_protocol.samples import Sample


@dataclass(frozen=True, slots=True)
class Description:
    """What the router is, as far as it knows; empty where it does not."""

    hostname: str
    model: str
    release: str
    board: str = ""
    target: str = ""


class Machine(Protocol):
    """Something that can be measured."""

    def read(self, *, clients: bool = False) -> Sample:
        """Its counters and levels now; None for what it lacks. Never raises because a source is missing.

        With a row for each client where `clients` asks for it. May take seconds.
        """
        ...

    def describe(self) -> Description: ...
