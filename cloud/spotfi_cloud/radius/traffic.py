"""The counters of an accounting request, turned to our one direction: up = from the guest (RFC 2866 §5.3 calls it input)."""

from dataclasses import dataclass

from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet


@dataclass(slots=True)
class Traffic:
    """Bytes since the session began, 64-bit; None where the NAS does not count."""

    up_bytes: int | None
    down_bytes: int | None


def read_traffic(packet: Packet, nas_kind: NasKind) -> Traffic:
    """What the guest sent and received so far, whichever way this kind of NAS looks at it."""
    received = packet.octets(Attr.ACCT_INPUT_OCTETS, Attr.ACCT_INPUT_GIGAWORDS)
    sent = packet.octets(Attr.ACCT_OUTPUT_OCTETS, Attr.ACCT_OUTPUT_GIGAWORDS)
    return Traffic(sent, received) if nas_kind.counts_for_guest else Traffic(received, sent)
