"""MS-CHAPv2 in Access-Requests: the proof of a password, and the server's proof in return (RFC 2759 §8, RFC 2548 §2.3)."""

from dataclasses import dataclass
from hashlib import sha1
from hmac import compare_digest

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import ECB

from spotfi_cloud.radius.attributes import Attr, Microsoft
from spotfi_cloud.radius.md4 import md4
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.radius.values import vendor_octets

_CHALLENGE_BYTES = 16
_RESPONSE_BYTES = 50
_SERVER_SIGNING = b"Magic server to client signing constant"
_ONE_MORE_PAD = b"Pad to make it do more than one iteration"


@dataclass(frozen=True, slots=True)
class MsChapResponse:
    """What MS-CHAP-Challenge and MS-CHAP2-Response of a request say."""

    identifier: int
    username: bytes
    """Without the Windows domain in front of it, which is not part of the proof."""
    challenge: bytes
    peer_challenge: bytes
    nt_response: bytes


def read_mschap(request: Packet) -> MsChapResponse | None:
    """The MS-CHAPv2 proof in a request; None where there is none, or not one of the right lengths."""
    challenge = request.vendor(Microsoft.VENDOR, Microsoft.CHAP_CHALLENGE)
    response = request.vendor(Microsoft.VENDOR, Microsoft.CHAP2_RESPONSE)
    if challenge is None or response is None:
        return None
    if len(challenge) != _CHALLENGE_BYTES or len(response) != _RESPONSE_BYTES:
        return None
    username = (request.get(Attr.USER_NAME) or b"").rpartition(b"\\")[2]
    return MsChapResponse(response[0], username, challenge, response[2:18], response[26:])


def password_hash(password: bytes) -> bytes:
    """NtPasswordHash of a password in UTF-8; what is no UTF-8 hashes to something that fits no response."""
    return md4(password.decode("utf-8", "replace").encode("utf-16-le"))


def check_mschap(proof: MsChapResponse, hashed_password: bytes) -> bool:
    """Whether the response proves the password with this `password_hash`."""
    return compare_digest(nt_response(challenge_hash(proof), hashed_password), proof.nt_response)


def success_attribute(proof: MsChapResponse, hashed_password: bytes) -> bytes:
    """MS-CHAP2-Success: shows the guest's device that the server knows the password too."""
    text = b"S=" + authenticator_response(proof, hashed_password).hex().upper().encode()
    return vendor_octets(Microsoft.VENDOR, Microsoft.CHAP2_SUCCESS, bytes((proof.identifier,)) + text)


def error_attribute(proof: MsChapResponse, message: str) -> bytes:
    """MS-CHAP-Error for an Access-Reject: authentication failed, no retry (RFC 2759 §6)."""
    words = message.encode("ascii", "replace").decode()[:150]
    text = f"E=691 R=0 C={proof.challenge.hex().upper()} V=3 M={words}".encode()
    return vendor_octets(Microsoft.VENDOR, Microsoft.CHAP_ERROR, bytes((proof.identifier,)) + text)


def nt_response(challenge: bytes, hashed_password: bytes) -> bytes:
    """ChallengeResponse (§8.5): three DES encryptions of the `challenge_hash` under pieces of the password's."""
    keys = hashed_password.ljust(21, b"\0")
    return b"".join(_des(keys[start : start + 7], challenge) for start in (0, 7, 14))


def authenticator_response(proof: MsChapResponse, hashed_password: bytes) -> bytes:
    """GenerateAuthenticatorResponse (§8.7), 20 octets."""
    digest = _sha1(md4(hashed_password) + proof.nt_response + _SERVER_SIGNING)
    return _sha1(digest + challenge_hash(proof) + _ONE_MORE_PAD)


def challenge_hash(proof: MsChapResponse) -> bytes:
    """ChallengeHash (§8.2), 8 octets."""
    return _sha1(proof.peer_challenge + proof.challenge + proof.username)[:8]


def _des(key: bytes, block: bytes) -> bytes:
    """One DES encryption under 7 octets of key; triple DES with three equal keys is just that."""
    bits = int.from_bytes(key, "big")
    spread = bytes((bits >> shift & 0x7F) << 1 for shift in range(49, -1, -7))  # the parity bit is not looked at
    encryptor = Cipher(TripleDES(spread * 3), ECB()).encryptor()  # noqa: S305 - what RFC 2759 prescribes
    return encryptor.update(block)


def _sha1(data: bytes) -> bytes:
    return sha1(data, usedforsecurity=False).digest()
