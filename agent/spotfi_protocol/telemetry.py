"""The message that carries samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from spotfi_protocol.batch import pack, unpack
from spotfi_protocol.fields import Fields
from spotfi_protocol.messages import Stamp
from spotfi_protocol.samples import Sample


@dataclass(frozen=True, slots=True)
class Telemetry:
    """A batch of samples, oldest first. A sample's wall time is the stamp's, less the difference of the monotonic ones."""

    stamp: Stamp
    samples: Sequence[Sample]
    dropped: int = 0
    """Samples lost on the router since the last batch because its ring was full."""

    def to_wire(self) -> dict[str, Any]:
        return {**self.stamp.to_wire(), "dropped": self.dropped, **pack(self.samples)}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        return cls(Stamp.from_wire(fields), unpack(body), fields.count("dropped"))
