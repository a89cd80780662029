"""What carries secrets comes by TLS, or does not leave the machine."""

import ipaddress

from spotfi_cloud.kernel.errors import ForbiddenError

_TLS_SCHEMES = frozenset({"https", "wss"})


class PlainChannelError(ForbiddenError):
    """Asked for over plain HTTP from another machine."""

    code = "tls_required"


def is_private(scheme: str, client_host: str | None) -> bool:
    """Whether a request with this URL scheme from this address came by TLS or from this machine."""
    if scheme in _TLS_SCHEMES:
        return True
    try:
        address = ipaddress.ip_address(client_host or "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def require_private(scheme: str, client_host: str | None) -> None:
    """PlainChannelError unless the request came by TLS or from this machine."""
    if not is_private(scheme, client_host):
        msg = "Use https:// for this; over plain HTTP it is answered on this machine only."
        raise PlainChannelError(msg)
