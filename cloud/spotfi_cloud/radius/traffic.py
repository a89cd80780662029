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


def read_traffic(packet: Packet, nas_kind: NasKind, *, swapped: bool | None = None) -> Traffic:
    """What the guest sent and received so far, whichever way the NAS looks at it.

    `swapped`: whether its input is what the guest received; None: as its kind does unless it is configured otherwise.
    """
    received = packet.octets(Attr.ACCT_INPUT_OCTETS, Attr.ACCT_INPUT_GIGAWORDS)
    sent = packet.octets(Attr.ACCT_OUTPUT_OCTETS, Attr.ACCT_OUTPUT_GIGAWORDS)
    for_guest = nas_kind.counts_for_guest if swapped is None else swapped
    return Traffic(sent, received) if for_guest else Traffic(received, sent)
