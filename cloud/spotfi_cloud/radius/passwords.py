"""Passwords in Access-Requests: PAP hides them (RFC 2865 §5.2), CHAP proves them (§5.3)."""

from hmac import compare_digest

from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.md5 import md5
from spotfi_cloud.radius.packet import Packet

MAX_PASSWORD_BYTES = 128
_BLOCK_BYTES = 16
_CHAP_BYTES = 17


def decrypt_pap(hidden: bytes, authenticator: bytes, secret: bytes) -> bytes | None:
    """The password in a User-Password, without its padding of NULs; garbage where the secret is not the peer's.

    None where `hidden` is not one to eight blocks of 16 octets.
    """
    if len(hidden) % _BLOCK_BYTES or not 0 < len(hidden) <= MAX_PASSWORD_BYTES:
        return None
    stream = md5(secret + authenticator)
    for start in range(0, len(hidden) - _BLOCK_BYTES, _BLOCK_BYTES):
        stream += md5(secret + hidden[start : start + _BLOCK_BYTES])
    return _xor(hidden, stream).rstrip(b"\0")


def encrypt_pap(password: bytes, authenticator: bytes, secret: bytes) -> bytes:
    """The value of User-Password for up to 128 octets of password. Raises ValueError beyond."""
    if len(password) > MAX_PASSWORD_BYTES:
        msg = f"a password has at most {MAX_PASSWORD_BYTES} octets, not {len(password)}"
        raise ValueError(msg)
    clear = password.ljust(max(_BLOCK_BYTES, -len(password) % _BLOCK_BYTES + len(password)), b"\0")
    hidden = b""
    previous = authenticator
    for start in range(0, len(clear), _BLOCK_BYTES):
        previous = _xor(clear[start : start + _BLOCK_BYTES], md5(secret + previous))
        hidden += previous
    return hidden


def check_pap(request: Packet, secret: bytes, password: bytes) -> bool:
    """Whether the request's User-Password is `password`, compared in constant time; False where it has none."""
    hidden = request.get(Attr.USER_PASSWORD)
    sent = None if hidden is None else decrypt_pap(hidden, request.authenticator, secret)
    return sent is not None and compare_digest(sent, password)


def check_chap(request: Packet, password: bytes) -> bool:
    """Whether the request's CHAP-Password proves `password`; False where it has none or it is not 17 octets.

    The challenge is CHAP-Challenge where there is one, else the request's authenticator.
    """
    proof = request.get(Attr.CHAP_PASSWORD)
    if proof is None or len(proof) != _CHAP_BYTES:
        return False
    challenge = request.get(Attr.CHAP_CHALLENGE)
    if challenge is None:
        challenge = request.authenticator
    return compare_digest(chap_response(proof[0], password, challenge), proof[1:])


def chap_response(identifier: int, password: bytes, challenge: bytes) -> bytes:
    """The 16 octets that prove `password` for this CHAP identifier and challenge (RFC 1994 §4.1)."""
    return md5(bytes((identifier,)) + password + challenge)


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(len(left), "big")
