"""Disconnect- and CoA-Requests as each kind of NAS wants them, and what their answers mean (RFC 5176). Pure: no I/O.

No Message-Authenticator and no Event-Timestamp: uspot refuses both. Every attribute sent must match what the NAS stored, so
only what it cannot do without names the session: CoovaChilli wants User-Name, RouterOS finds a guest by address.

What an open session takes: RouterOS a speed, uspot times, CoovaChilli everything, and it resets what is not repeated. openNDS
speaks no RADIUS.
"""

from dataclasses import dataclass

from spotfi_cloud.quotas.rules import Limits
from spotfi_cloud.radius.attributes import Attr, ErrorCause
from spotfi_cloud.radius.authenticity import sign_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.limits import changed_bandwidth_attributes, directed_quota_attributes, quota_attributes
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.radius.values import MAX_VALUE_BYTES, integer, ipv4, octets

_CAUSES = {cause.value: cause.name.lower().replace("_", " ") for cause in ErrorCause}
_SPEED, _TIMES, _VOLUME = "speed", "times", "volume"
_TAKES = {
    NasKind.GENERIC: (_SPEED, _TIMES),
    NasKind.USPOT: (_TIMES,),
    NasKind.COOVACHILLI: (_SPEED, _TIMES, _VOLUME),
    NasKind.MIKROTIK: (_SPEED,),
}
_LATER = "hold from the next login"


@dataclass(frozen=True, slots=True)
class NamedSession:
    """What a NAS knows a session by; empty where it is not known."""

    username: str
    acct_session_id: str
    framed_ip: str


def disconnect_request(nas_kind: NasKind, identifier: int, secret: bytes, named: NamedSession) -> bytes:
    """The datagram that asks a NAS to end a session."""
    return sign_request(Code.DISCONNECT_REQUEST, identifier, secret, _name(nas_kind, named))


def change_request(
    nas_kind: NasKind,
    identifier: int,
    secret: bytes,
    named: NamedSession,
    limits: Limits,
    *,
    swapped: bool | None = None,
) -> bytes:
    """The datagram that asks a NAS to hold an open session to these limits, as far as its kind can. `swapped`: as for
    `radius.traffic.read_traffic`."""
    takes = _TAKES[nas_kind]
    attributes = _name(nas_kind, named)
    if _TIMES in takes:
        attributes.append(_times(limits))
    if _SPEED in takes:
        attributes.append(changed_bandwidth_attributes(nas_kind, limits.rate_up_bps, limits.rate_down_bps))
    if _VOLUME in takes and limits.volume_bytes is not None:
        attributes.append(quota_attributes(nas_kind, limits.volume_bytes))
    up, down = limits.volume_up_bytes, limits.volume_down_bytes
    if _VOLUME in takes and not up is down is None:
        attributes.append(directed_quota_attributes(nas_kind, up, down, swapped=swapped))
    return sign_request(Code.COA_REQUEST, identifier, secret, attributes)


def takes_changes(nas_kind: NasKind) -> bool:
    """Whether NASes of this kind change open sessions at all."""
    return nas_kind in _TAKES


def takes_speeds(nas_kind: NasKind) -> bool:
    """Whether NASes of this kind change the speed of open sessions."""
    return _SPEED in _TAKES.get(nas_kind, ())


def deferral_in_words(nas_kind: NasKind) -> str:
    """When the limits hold where the NAS cannot be told of them."""
    if nas_kind.obeys_accounting_responses:
        return f"they {_LATER}, with acctupdate from the next accounting update"
    return f"they {_LATER}"


def _name(nas_kind: NasKind, named: NamedSession) -> list[bytes]:
    attributes = [
        octets(attribute, value.encode()[:MAX_VALUE_BYTES])
        for attribute, value in ((Attr.USER_NAME, named.username), (Attr.ACCT_SESSION_ID, named.acct_session_id))
        if value
    ]
    if nas_kind == NasKind.MIKROTIK and named.framed_ip:
        attributes.append(ipv4(Attr.FRAMED_IP_ADDRESS, named.framed_ip))
    return attributes


def _times(limits: Limits) -> bytes:
    given = (
        (Attr.SESSION_TIMEOUT, limits.session_timeout_s),
        (Attr.IDLE_TIMEOUT, limits.idle_timeout_s),
        (Attr.ACCT_INTERIM_INTERVAL, limits.interim_interval_s),
    )
    return b"".join(integer(attribute, seconds) for attribute, seconds in given if seconds is not None)


def is_acknowledged(answer: Packet) -> bool:
    """Whether the NAS says that it does what it was asked."""
    return answer.code in (Code.DISCONNECT_ACK, Code.COA_ACK)


def knows_no_session(answer: Packet) -> bool:
    """Whether the NAS says that it has no such session (RFC 5176 §3.5)."""
    return not is_acknowledged(answer) and answer.integer(Attr.ERROR_CAUSE) == ErrorCause.SESSION_CONTEXT_NOT_FOUND


def answer_in_words(answer: Packet) -> str:
    """What the NAS said, for people."""
    if is_acknowledged(answer):
        return "acknowledged"
    cause = answer.integer(Attr.ERROR_CAUSE)
    return "refused" if cause is None else f"refused: {_CAUSES.get(cause, f'error cause {cause}')}"


def change_in_words(answer: Packet, nas_kind: NasKind) -> str:
    """What the NAS said to new limits, and which of them its kind takes at a login only."""
    said = answer_in_words(answer)
    later = [each for each in (_SPEED, _TIMES, _VOLUME) if each not in _TAKES[nas_kind]]
    if not later or not is_acknowledged(answer):
        return said
    return f"{said}; changes of {' and '.join(later)} {_LATER}"
