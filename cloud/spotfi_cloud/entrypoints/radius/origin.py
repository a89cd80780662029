"""Where a request came from, and the way back there."""

from typing import Protocol


class Origin(Protocol):
    """The sender of a request: a UDP peer, or one end of a RadSec connection."""

    @property
    def address(self) -> str:
        """IP address as text, that of IPv4 never in its IPv6 form."""

    @property
    def port(self) -> int: ...

    @property
    def certificate_sha256(self) -> str | None:
        """Fingerprint of the verified certificate the sender showed, in lower-case hex; None over UDP."""

    def reply(self, datagram: bytes) -> None:
        """Send this back. Lost where the peer is gone: it asks again."""

    def ignore(self) -> None:
        """The request gets no answer."""
