"""Senders of requests for tests that need no socket."""

from dataclasses import dataclass, field


@dataclass
class MemoryOrigin:
    """Keeps what is sent back."""

    address: str = "127.0.0.1"
    port: int = 4000
    certificate_sha256: str | None = None
    replies: list[bytes] = field(default_factory=list)
    ignored: int = 0

    def reply(self, datagram: bytes) -> None:
        self.replies.append(datagram)

    def ignore(self) -> None:
        self.ignored += 1
