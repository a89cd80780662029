"""Whole replies, signed and ready to send. Each copies the request's Proxy-State in order (RFC 2865 §5.33).

`attributes` are in wire form (values.py). Every function raises OversizedReplyError where the request's Proxy-State leaves
no room.
"""

from collections.abc import Iterable

from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.radius.values import octets, texts


def accept(request: Packet, secret: bytes, attributes: Iterable[bytes] = ()) -> bytes:
    """Access-Accept with these attributes."""
    return _answer(Code.ACCESS_ACCEPT, request, secret, attributes)


def reject(request: Packet, secret: bytes, message: str, attributes: Iterable[bytes] = ()) -> bytes:
    """Access-Reject that tells the guest why; a long message travels in several Reply-Messages (RFC 2865 §5.18)."""
    return _answer(Code.ACCESS_REJECT, request, secret, (texts(Attr.REPLY_MESSAGE, message), *attributes))


def accounting_response(request: Packet, secret: bytes, attributes: Iterable[bytes] = ()) -> bytes:
    """Accounting-Response; send it after the commit, it is a receipt (RFC 2866 §4.2)."""
    return _answer(Code.ACCOUNTING_RESPONSE, request, secret, attributes)


def status(request: Packet, secret: bytes, *, accounting_port: bool) -> bytes:
    """The answer to Status-Server: an empty reply of the kind its port gives (RFC 5997 §3)."""
    return _answer(Code.ACCOUNTING_RESPONSE if accounting_port else Code.ACCESS_ACCEPT, request, secret, ())


def _answer(code: Code, request: Packet, secret: bytes, attributes: Iterable[bytes]) -> bytes:
    if Attr.PROXY_STATE in request:
        attributes = (*attributes, *(octets(Attr.PROXY_STATE, value) for value in request.get_all(Attr.PROXY_STATE)))
    return sign_reply(code, request, secret, attributes)
