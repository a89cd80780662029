"""What each kind of NAS is told about volume and speed, in the attributes that it obeys.

Volumes in bytes, speeds in bit/s, up = from the guest. Attributes come out in wire form (values.py).
"""

from spotfi_cloud.radius.attributes import ChilliSpot, Mikrotik, WISPr
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.values import MAX_INTEGER, vendor_integer, vendor_text

_MAX_BYTES = (1 << 63) - 1
_CHILLISPOT_TOTAL = (ChilliSpot.VENDOR, ChilliSpot.MAX_TOTAL_OCTETS, ChilliSpot.MAX_TOTAL_GIGAWORDS)
_MIKROTIK_TOTAL = (Mikrotik.VENDOR, Mikrotik.TOTAL_LIMIT, Mikrotik.TOTAL_LIMIT_GIGAWORDS)


def quota_attributes(nas_kind: NasKind, remaining_bytes: int) -> bytes:
    """How much the guest may still use in this session, both directions together.

    At least one byte, because to every NAS a limit of zero means that there is none: refuse such a login instead.
    """
    gigawords, low = divmod(max(1, min(remaining_bytes, _MAX_BYTES)), MAX_INTEGER + 1)
    vendor, total, total_gigawords = _MIKROTIK_TOTAL if nas_kind == NasKind.MIKROTIK else _CHILLISPOT_TOTAL
    return vendor_integer(vendor, total, low) + vendor_integer(vendor, total_gigawords, gigawords)


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
