"""UAM, the way a captive portal on a router (uspot, CoovaChilli) sends a guest to a login page elsewhere, and back. Pure.

No standard describes it; what is here was learned from both programs. The router redirects the guest's browser to the page
with its state in the query, signed by `md` where it has a UAM secret: MD5 over the address up to `&md=` and the secret. The
page sends the browser to `http://uamip:uamport/logon` with a proof of the password: CHAP (RFC 1994 §4.1, identifier 0) or the
password hidden by XOR, both under MD5(challenge + secret). CoovaChilli makes a challenge for ten minutes, uspot one for each
device, for good.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import cycle
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

from spotfi_cloud.radius.mac_address import normal_mac
from spotfi_cloud.radius.md5 import md5
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.passwords import chap_response

MAX_QUERY_BYTES = 4096
_MOST_FIELDS = 40
_MOST_BYTES = {NasKind.USPOT: 16}
"""Of a hidden password, where a kind takes fewer than the 128 CoovaChilli does."""
_MAX_PASSWORD_BYTES = 128
_SIGNED = re.compile(rb"(.*)&md=([0-9A-Fa-f]{32})", re.DOTALL)
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,253}")
_CHALLENGE = re.compile(r"(?:[0-9A-Fa-f]{2}){1,64}")
_OWN_NETWORKS = tuple(
    ip_network(network)
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
)


class Result(StrEnum):
    """What the router says of the guest who comes."""

    NOT_YET = "notyet"
    SUCCESS = "success"
    FAILED = "failed"
    ALREADY = "already"
    LOGGED_OFF = "logoff"

    @property
    def is_online(self) -> bool:
        return self in {Result.SUCCESS, Result.ALREADY}


_RESULTS = {result.value: result for result in Result} | {
    "reject": Result.FAILED,  # uspot's word
    "popup1": Result.NOT_YET,
    "popup2": Result.SUCCESS,
    "popup3": Result.LOGGED_OFF,
}
_KNOWN = frozenset({"res", "uamip", "uamport", "challenge", "mac", "nasid", "sessionid", "userurl", "reply"})


@dataclass(frozen=True, slots=True)
class Link:
    """What a router's redirect says, each value checked for its form. `device`: the guest's MAC address, normalised."""

    result: Result
    nas_address: IPv4Address | IPv6Address
    nas_port: int
    nas_identifier: str
    challenge: bytes | None
    device: str
    user_url: str | None
    """Where the guest was going."""
    reply: str | None
    """Reply-Message of a refusal."""

    @property
    def nas(self) -> str:
        """Where the router's own pages are: `address:port`."""
        address = f"[{self.nas_address}]" if self.nas_address.version == 6 else str(self.nas_address)
        return f"{address}:{self.nas_port}"


class LinkError(ValueError):
    """The query is no router's redirect, or not a whole one; says which field."""


def read_link(query: bytes) -> Link | None:
    """What the query of the page's address says; None where no router wrote one. LinkError for anything broken."""
    fields = _fields(query)
    if not fields.keys() & {"res", "uamip"}:
        return None
    result = _RESULTS.get(fields.get("res", ""))
    port = fields.get("uamport", "")
    challenge = fields.get("challenge")
    device = normal_mac(fields.get("mac", ""))
    checks = {
        "res": result is not None,
        "uamport": port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536,
        "nasid": _TEXT.fullmatch(fields.get("nasid", "")) is not None,
        "mac": device is not None,
        "challenge": challenge is None or _CHALLENGE.fullmatch(challenge) is not None,
    }
    wrong = [name for name, fits in checks.items() if not fits]
    if wrong or result is None or device is None:
        raise LinkError(wrong[0])
    return Link(
        result=result,
        nas_address=_address(fields.get("uamip", "")),
        nas_port=int(port),
        nas_identifier=fields["nasid"],
        challenge=None if challenge is None else bytes.fromhex(challenge),
        device=device,
        user_url=_web_url(fields.get("userurl", "")),
        reply=_text(fields.get("reply", "")),
    )


def _fields(query: bytes) -> dict[str, str]:
    """Those fields that matter; each once at most. What follows `userurl` is part of it, for uspot does not escape it."""
    try:
        if len(query) > MAX_QUERY_BYTES:
            raise LinkError("length")
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise LinkError("query") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if "userurl" in found:
            break
        if name in found:
            raise LinkError(name)
        if name in _KNOWN and value:
            found[name] = value
    return found


def _address(text: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(text)
    except ValueError as error:
        raise LinkError("uamip") from error
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise LinkError("uamip")
    return mapped or address


def _web_url(text: str) -> str | None:
    """A web address without a user's name in it, else None."""
    try:
        parts = urlsplit(text)
        safe = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        parts.port  # noqa: B018 - the property raises ValueError where the port is no number
    except ValueError:
        return None
    printable = text.isascii() and not any(character <= " " or character in '"<>\\^`{|}' for character in text)
    return text if safe and printable and len(text) <= 2000 else None


def _text(text: str) -> str | None:
    return text if _TEXT.fullmatch(text) else None


def is_signed(addresses: Iterable[bytes], query: bytes, secret: bytes) -> bool:
    """Whether `md` is the secret's over one of these addresses of the page and the query up to `&md=`; constant time.

    uspot signs the query before the guest's browser has escaped spaces in it, so the unescaped query may be what was signed.
    """
    found = _SIGNED.fullmatch(query)
    if found is None or not secret:
        return False
    given = bytes.fromhex(found[2].decode())
    texts = (found[1], unquote_to_bytes(found[1]))
    return any(
        hmac.compare_digest(md5(address + b"?" + text + secret), given) for address in addresses for text in texts
    )


def may_be_sent_to(link: Link, router_address: str | None) -> bool:
    """Whether the router's own pages may be there: a private address, or the router's as it is known."""
    address = link.nas_address
    if any(address in network for network in _OWN_NETWORKS if network.version == address.version):
        return True
    return router_address is not None and address == ip_address(router_address)


@dataclass(frozen=True, slots=True)
class Lock:
    """What passwords are proven under: the challenge, and the secret the router shares with the page (empty: none)."""

    challenge: bytes
    secret: bytes
    nas_kind: NasKind

    @property
    def _key(self) -> bytes:
        return md5(self.challenge + self.secret) if self.secret else self.challenge

    def chap(self, password: bytes) -> dict[str, str]:
        """The proof by CHAP."""
        return {"response": chap_response(0, password, self._key).hex()}

    def takes_hidden(self, password: bytes) -> bool:
        """Whether the password is short enough to be sent hidden."""
        return len(password) <= _MOST_BYTES.get(self.nas_kind, _MAX_PASSWORD_BYTES)

    def pap(self, password: bytes) -> dict[str, str]:
        """The password itself: hidden, except to a uspot without a secret, which takes it as it is."""
        if self.nas_kind is NasKind.USPOT and not self.secret:
            return {"password": password.decode()}
        clear = password.ljust(16, b"\0")
        return {"password": bytes(one ^ other for one, other in zip(clear, cycle(self._key), strict=False)).hex()}


def logon_url(nas: str, username: str, proof: dict[str, str], user_url: str | None) -> str:
    """Where the browser goes to log in. Escapes by %XX only, since uspot knows no other way."""
    fields = {"username": username, **proof}
    if user_url is not None:
        fields["userurl"] = user_url
    return f"http://{nas}/logon?{urlencode(fields, quote_via=quote, safe='')}"


def logoff_url(nas: str) -> str:
    """Where the browser goes to log out."""
    return f"http://{nas}/logoff"
