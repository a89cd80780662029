"""What each kind of NAS is told about volume and speed, in the attributes that it obeys.

Volumes in bytes, speeds in bit/s, up = from the guest. Attributes come out in wire form (values.py).
"""

from spotfi_cloud.radius.attributes import ChilliSpot, Mikrotik, WISPr
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.values import MAX_INTEGER, vendor_integer, vendor_text

_MAX_BYTES = (1 << 63) - 1
_CHILLISPOT_TOTAL = (ChilliSpot.VENDOR, ChilliSpot.MAX_TOTAL_OCTETS, ChilliSpot.MAX_TOTAL_GIGAWORDS)
_CHILLISPOT_DIRECTED = (
    (ChilliSpot.VENDOR, ChilliSpot.MAX_INPUT_OCTETS, ChilliSpot.MAX_INPUT_GIGAWORDS),
    (ChilliSpot.VENDOR, ChilliSpot.MAX_OUTPUT_OCTETS, ChilliSpot.MAX_OUTPUT_GIGAWORDS),
)
_MIKROTIK_DIRECTED = (
    (Mikrotik.VENDOR, Mikrotik.RECV_LIMIT, Mikrotik.RECV_LIMIT_GIGAWORDS),
    (Mikrotik.VENDOR, Mikrotik.XMIT_LIMIT, Mikrotik.XMIT_LIMIT_GIGAWORDS),
)
_MIKROTIK_TOTAL = (Mikrotik.VENDOR, Mikrotik.TOTAL_LIMIT, Mikrotik.TOTAL_LIMIT_GIGAWORDS)


def quota_attributes(nas_kind: NasKind, remaining_bytes: int) -> bytes:
    """How much the guest may still use in this session, both directions together.

    At least one byte, because to every NAS a limit of zero means that there is none: refuse such a login instead.
    """
    return _volume(_MIKROTIK_TOTAL if nas_kind == NasKind.MIKROTIK else _CHILLISPOT_TOTAL, remaining_bytes)


def directed_quota_attributes(
    nas_kind: NasKind, up_bytes: int | None, down_bytes: int | None, *, swapped: bool | None = None
) -> bytes:
    """The same for each direction; None = no limit. `swapped`: whether the NAS's input is what the guest receives; None: as its
    kind does. Its limits look the way its counters do."""
    for_guest = nas_kind.counts_for_guest if swapped is None else swapped
    received, sent = (down_bytes, up_bytes) if for_guest else (up_bytes, down_bytes)
    of_input, of_output = _MIKROTIK_DIRECTED if nas_kind == NasKind.MIKROTIK else _CHILLISPOT_DIRECTED
    return (b"" if received is None else _volume(of_input, received)) + (
        b"" if sent is None else _volume(of_output, sent)
    )


def _volume(attributes: tuple[int, int, int], limit_bytes: int) -> bytes:
    vendor, low_number, high_number = attributes
    gigawords, low = divmod(max(1, min(limit_bytes, _MAX_BYTES)), MAX_INTEGER + 1)
    return vendor_integer(vendor, low_number, low) + vendor_integer(vendor, high_number, gigawords)


def bandwidth_attributes(nas_kind: NasKind, up_bps: int | None, down_bps: int | None) -> bytes:
    """How fast the guest may be; None = no limit.

    In WISPr's attributes, which all but RouterOS understand, or Mikrotik-Rate-Limit. WISPr's numbers end at 4.29 Gbit/s;
    a faster plan is told that bound.
    """
    if nas_kind == NasKind.MIKROTIK:
        return _mikrotik_rate_limit(up_bps or 0, down_bps or 0)
    up = b"" if up_bps is None else vendor_integer(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_UP, up_bps)
    down = b"" if down_bps is None else vendor_integer(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_DOWN, down_bps)
    return up + down


def changed_bandwidth_attributes(nas_kind: NasKind, up_bps: int | None, down_bps: int | None) -> bytes:
    """The same for a session that is open, where a limit that was lifted must be told, too.

    RouterOS knows "none". WISPr does not: there it is the largest number, except for CoovaChilli, which forgets what it is not
    told.
    """
    if nas_kind == NasKind.MIKROTIK:
        return vendor_text(Mikrotik.VENDOR, Mikrotik.RATE_LIMIT, f"{up_bps or 0}/{down_bps or 0}")
    if nas_kind == NasKind.COOVACHILLI:
        return bandwidth_attributes(nas_kind, up_bps, down_bps)
    return bandwidth_attributes(nas_kind, up_bps or MAX_INTEGER, down_bps or MAX_INTEGER)


def end_session_attribute() -> bytes:
    """In an Accounting-Response to CoovaChilli: the session ends now (Admin-Reset)."""
    return vendor_text(ChilliSpot.VENDOR, ChilliSpot.CONFIG, "admin-reset")


def _mikrotik_rate_limit(up_bps: int, down_bps: int) -> bytes:
    """RouterOS: received/sent seen from the router, that is up/down; 0 = no limit."""
    if not up_bps and not down_bps:
        return b""
    return vendor_text(Mikrotik.VENDOR, Mikrotik.RATE_LIMIT, f"{up_bps}/{down_bps}")
