"""What can be wrong with a packet. All of it is the peer's doing: count it by `reason` and drop the packet."""

from typing import ClassVar

from spotfi_cloud.kernel.errors import PeerError


class PacketError(PeerError):
    """A packet that gets no answer. `reason` is one of a few short words, fit for a counter's label."""

    code: ClassVar[str] = "radius_packet"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class MalformedPacketError(PacketError):
    """The octets are not a RADIUS packet (RFC 2865 §3)."""

    code = "radius_malformed"


class UnauthenticPacketError(PacketError):
    """The packet was not made, or not made whole, by somebody who knows the shared secret."""

    code = "radius_unauthentic"


class OversizedReplyError(PacketError):
    """What the peer wants back, mostly its Proxy-State, does not fit into a reply of 4096 octets."""

    code = "radius_oversized_reply"
