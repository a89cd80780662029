"""Signing packets and checking signatures.

Requests that carry a random authenticator (Access-Request, Status-Server) prove themselves by Message-Authenticator, the
others by a digest over the packet; every reply by a digest over the request's authenticator. Access replies put
Message-Authenticator first, always: a digest alone can be forged (CVE-2024-3596).
Sources: RFC 2865 §3, RFC 2866 §3, RFC 2869 §5.14, RFC 3579 §3.2, RFC 5176 §2.3 and §3.4, RFC 5997 §3.
"""

from collections.abc import Iterable
from hmac import compare_digest

from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.errors import OversizedReplyError, UnauthenticPacketError
from spotfi_cloud.radius.md5 import hmac_md5, md5
from spotfi_cloud.radius.packet import HEADER, HEADER_BYTES, MAX_BYTES, Packet

_ZEROS = bytes(16)
_MESSAGE_AUTHENTICATOR_BYTES = 18
_UNSIGNED = bytes((Attr.MESSAGE_AUTHENTICATOR, _MESSAGE_AUTHENTICATOR_BYTES)) + _ZEROS
_RANDOM_AUTHENTICATOR = frozenset({Code.ACCESS_REQUEST, Code.STATUS_SERVER})
_DIGEST_AUTHENTICATOR = frozenset({Code.ACCOUNTING_REQUEST, Code.DISCONNECT_REQUEST, Code.COA_REQUEST})
_ACCESS_REPLIES = frozenset({Code.ACCESS_ACCEPT, Code.ACCESS_REJECT, Code.ACCESS_CHALLENGE})


def verify_request(packet: Packet, secret: bytes, *, message_authenticator_required: bool = True) -> None:
    """Return if whoever holds `secret` made this request, else raise UnauthenticPacketError.

    `message_authenticator_required=False` is for a NAS marked legacy: its Access-Request may then come without one (a wrong
    one is still refused). Reasons: `message_authenticator_missing`, `message_authenticator_wrong`,
    `request_authenticator_wrong`, `not_a_request`.
    """
    if packet.code in _RANDOM_AUTHENTICATOR:
        required = message_authenticator_required or packet.code == Code.STATUS_SERVER
        _verify_message_authenticator(packet, packet.authenticator, secret, required=required)
    elif packet.code in _DIGEST_AUTHENTICATOR:
        if not compare_digest(_digest(packet.raw, _ZEROS, secret), packet.authenticator):
            raise UnauthenticPacketError(
                "request_authenticator_wrong", "the request authenticator is wrong: other secret?"
            )
        _verify_message_authenticator(packet, _ZEROS, secret, required=False)
    else:
        raise UnauthenticPacketError("not_a_request", f"packets of code {packet.code} are no requests")


def verify_reply(
    reply: Packet, request_authenticator: bytes, secret: bytes, *, message_authenticator_required: bool = True
) -> None:
    """Return if `reply` answers the request with this authenticator (octets 4 to 20 of it), else raise UnauthenticPacketError.

    Message-Authenticator is demanded of Access replies only: nothing else lets a forger choose what the digest covers.
    The identifier is the caller's to match. Reasons: `response_authenticator_wrong` and those of `verify_request`.
    """
    if not compare_digest(_digest(reply.raw, request_authenticator, secret), reply.authenticator):
        raise UnauthenticPacketError(
            "response_authenticator_wrong", "the response authenticator is wrong: other secret?"
        )
    if reply.code in _ACCESS_REPLIES:
        _verify_message_authenticator(reply, request_authenticator, secret, required=message_authenticator_required)


def sign_reply(code: int, request: Packet, secret: bytes, attributes: Iterable[bytes] = ()) -> bytes:
    """The datagram that answers `request`; `attributes` in wire form (values.py), in order.

    Access replies get Message-Authenticator in front. Raises OversizedReplyError beyond 4096 octets.
    """
    body = b"".join(attributes)
    proved = code in _ACCESS_REPLIES
    header = _header(code, request.identifier, body, proved=proved)
    if proved:
        body = _prove(header + request.authenticator, secret, body)
    return header + md5(header + request.authenticator + body + secret) + body


def sign_request(
    code: int, identifier: int, secret: bytes, attributes: Iterable[bytes], *, message_authenticator: bool = False
) -> bytes:
    """An Accounting-, Disconnect- or CoA-Request, whose authenticator is a digest over it.

    Message-Authenticator is off unless asked for: uspot refuses a Disconnect-Request that has one.
    """
    body = b"".join(attributes)
    header = _header(code, identifier, body, proved=message_authenticator)
    if message_authenticator:
        body = _prove(header + _ZEROS, secret, body)
    return header + md5(header + _ZEROS + body + secret) + body


def sign_access_request(
    identifier: int,
    authenticator: bytes,
    secret: bytes,
    attributes: Iterable[bytes],
    *,
    code: int = Code.ACCESS_REQUEST,
    message_authenticator: bool = True,
) -> bytes:
    """An Access-Request or Status-Server; `authenticator` are 16 octets nobody can guess, also used to hide the password."""
    body = b"".join(attributes)
    header = _header(code, identifier, body, proved=message_authenticator) + authenticator
    return header + (_prove(header, secret, body) if message_authenticator else body)


def _header(code: int, identifier: int, body: bytes, *, proved: bool) -> bytes:
    length = HEADER_BYTES + len(body) + (_MESSAGE_AUTHENTICATOR_BYTES if proved else 0)
    if length > MAX_BYTES:
        raise OversizedReplyError("oversized", f"the packet would have {length} octets, at most 4096 may be sent")
    return HEADER.pack(code, identifier, length)


def _digest(raw: bytes, authenticator: bytes, secret: bytes) -> bytes:
    return md5(raw[:4] + authenticator + raw[HEADER_BYTES:] + secret)


def _prove(header: bytes, secret: bytes, body: bytes) -> bytes:
    """The attributes with a Message-Authenticator in front that covers them and these 20 octets."""
    signature = hmac_md5(secret, header + _UNSIGNED + body)
    return _UNSIGNED[:2] + signature + body


def _verify_message_authenticator(packet: Packet, authenticator: bytes, secret: bytes, *, required: bool) -> None:
    received = packet.get(Attr.MESSAGE_AUTHENTICATOR)
    if received is None:
        if required:
            raise UnauthenticPacketError("message_authenticator_missing", "the packet has no Message-Authenticator")
        return
    raw, at = packet.raw, packet.signature_at
    zeroed = raw[:4] + authenticator + raw[HEADER_BYTES:at] + _ZEROS + raw[at + 16 :]
    if not compare_digest(hmac_md5(secret, zeroed), received):
        raise UnauthenticPacketError("message_authenticator_wrong", "Message-Authenticator is wrong: other secret?")
