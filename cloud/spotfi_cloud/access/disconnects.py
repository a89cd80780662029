"""Disconnect-Requests as each kind of NAS wants them, and what their answers mean (RFC 5176). Pure: no I/O.

No Message-Authenticator and no Event-Timestamp: uspot refuses both. Every attribute sent must match what the NAS stored, so
only what it cannot do without is sent: CoovaChilli wants User-Name, RouterOS finds a guest by address.
"""

from spotfi_cloud.radius.attributes import Attr, ErrorCause
from spotfi_cloud.radius.authenticity import sign_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.radius.values import MAX_VALUE_BYTES, ipv4, octets

DISCONNECT_ANSWERS = frozenset({Code.DISCONNECT_ACK, Code.DISCONNECT_NAK})
_CAUSES = {cause.value: cause.name.lower().replace("_", " ") for cause in ErrorCause}


def disconnect_request(
    nas_kind: NasKind, identifier: int, secret: bytes, *, username: str, acct_session_id: str, framed_ip: str
) -> bytes:
    """The datagram that asks a NAS to end a session; empty texts are left out."""
    attributes = [
        octets(attribute, value.encode()[:MAX_VALUE_BYTES])
        for attribute, value in ((Attr.USER_NAME, username), (Attr.ACCT_SESSION_ID, acct_session_id))
        if value
    ]
    if nas_kind == NasKind.MIKROTIK and framed_ip:
        attributes.append(ipv4(Attr.FRAMED_IP_ADDRESS, framed_ip))
    return sign_request(Code.DISCONNECT_REQUEST, identifier, secret, attributes)


def is_acknowledged(answer: Packet) -> bool:
    """Whether the NAS says that it ends the session."""
    return answer.code == Code.DISCONNECT_ACK


def knows_no_session(answer: Packet) -> bool:
    """Whether the NAS says that it has no such session (RFC 5176 §3.5)."""
    return (
        answer.code == Code.DISCONNECT_NAK and answer.integer(Attr.ERROR_CAUSE) == ErrorCause.SESSION_CONTEXT_NOT_FOUND
    )


def answer_in_words(answer: Packet) -> str:
    """What the NAS said, for people."""
    if is_acknowledged(answer):
        return "acknowledged"
    cause = answer.integer(Attr.ERROR_CAUSE)
    return "refused" if cause is None else f"refused: {_CAUSES.get(cause, f'error cause {cause}')}"
