"""Where a webhook may go: https, and addresses of the public internet only. Pure.

Whoever may set up a webhook must not reach the installation's own network through it, so each address a name stands for is
looked at when something is sent, and the connection goes to that very address.
"""

import ipaddress
from urllib.parse import urlsplit

from spotfi_cloud.kernel.errors import RejectedError

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Well-known prefix (RFC 6052 §2.1): the last 32 bits are an IPv4 address."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TargetRefusedError(RejectedError):
    """The webhook's URL leads to where SpotFi does not send anything."""

    code = "webhook_target_refused"


def is_public(text: str) -> bool:
    """Whether an IP address, as text, is one of the public internet, however it is wrapped."""
    try:
        address = _unwrapped(ipaddress.ip_address(text.split("%", maxsplit=1)[0]))
    except ValueError:
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or getattr(address, "is_site_local", False)
    )


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside a mapped (::ffff:…), 6to4 (2002:…) or NAT64 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def check_url(url: str, *, allow_private: bool) -> str:
    """The URL. TargetRefusedError unless it is https (or http, where private targets are allowed) and names a host openly.

    An address written into it is checked here; what a name stands for is checked whenever something is sent.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - the property raises ValueError where the port is no number
        host = parts.hostname
    except ValueError as error:
        msg = "This is not a URL."
        raise TargetRefusedError(msg, field="url") from error
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        msg = "A webhook's URL begins with https://."
        raise TargetRefusedError(msg, field="url")
    if not host or parts.username is not None or parts.password is not None or parts.fragment or not _is_plain(url):
        msg = "A webhook's URL is https://host/path, without user, password or fragment, in printable ASCII."
        raise TargetRefusedError(msg, field="url")
    if not allow_private and (host == "localhost" or (_is_address(host) and not is_public(host))):
        msg = f"{host} is not on the public internet; webhooks go nowhere else."
        raise TargetRefusedError(msg, field="url")
    return url


def _is_plain(url: str) -> bool:
    return all("!" <= character <= "~" for character in url)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return True
