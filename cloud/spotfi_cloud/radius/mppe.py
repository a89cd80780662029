"""Session keys that follow from MS-CHAPv2, for the NAS (RFC 3079 §3), hidden under the shared secret (RFC 2548 §2.4.2)."""

import secrets
from hashlib import sha1

from spotfi_cloud.radius.attributes import Microsoft
from spotfi_cloud.radius.md4 import md4
from spotfi_cloud.radius.md5 import md5
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.radius.values import vendor_integer, vendor_octets

_KEY_BYTES = 16
_BLOCK_BYTES = 16
_MASTER = b"This is the MPPE Master Key"
_TO_SERVER = (
    b"On the client side, this is the send key; on the server side, it is the receive key."  # RFC 3079 §3.4, Magic2
)
_TO_CLIENT = (
    b"On the client side, this is the receive key; on the server side, it is the send key."  # RFC 3079 §3.4, Magic3
)
_ZEROS, _HIGH = bytes(40), b"\xf2" * 40
_POLICY_ALLOWED = 1
_TYPES_40_OR_128_BIT = 6


def master_key(hashed_password: bytes, nt_response: bytes) -> bytes:
    """GetMasterKey, from the password's `mschap.password_hash`."""
    return _sha1(md4(hashed_password) + nt_response + _MASTER)[:_KEY_BYTES]


def server_keys(master: bytes) -> tuple[bytes, bytes]:
    """(send key, receive key) of the server's side, that is the NAS, 128 bits each (GetAsymmetricStartKey)."""
    send, receive = (_sha1(master + _ZEROS + magic + _HIGH)[:_KEY_BYTES] for magic in (_TO_CLIENT, _TO_SERVER))
    return send, receive


def key_attributes(request: Packet, secret: bytes, hashed_password: bytes, nt_response: bytes) -> bytes:
    """The attributes of an Access-Accept that let the NAS encrypt, should it want to."""
    send, receive = server_keys(master_key(hashed_password, nt_response))
    salt = secrets.randbits(14) << 1  # both salts have the first bit set, and differ (§2.4.2)
    hidden = [
        hide_key(key, request.authenticator, secret, (0x8000 | salt | number).to_bytes(2, "big"))
        for number, key in enumerate((send, receive))
    ]
    return (
        vendor_integer(Microsoft.VENDOR, Microsoft.MPPE_ENCRYPTION_POLICY, _POLICY_ALLOWED)
        + vendor_integer(Microsoft.VENDOR, Microsoft.MPPE_ENCRYPTION_TYPES, _TYPES_40_OR_128_BIT)
        + vendor_octets(Microsoft.VENDOR, Microsoft.MPPE_SEND_KEY, hidden[0])
        + vendor_octets(Microsoft.VENDOR, Microsoft.MPPE_RECV_KEY, hidden[1])
    )


def hide_key(key: bytes, authenticator: bytes, secret: bytes, salt: bytes) -> bytes:
    """Salt and encrypted key; `authenticator` is the request's."""
    clear = bytes((len(key),)) + key
    clear += bytes(-len(clear) % _BLOCK_BYTES)
    hidden, previous = salt, authenticator + salt
    for start in range(0, len(clear), _BLOCK_BYTES):
        stream = int.from_bytes(md5(secret + previous), "big")
        previous = (stream ^ int.from_bytes(clear[start : start + _BLOCK_BYTES], "big")).to_bytes(_BLOCK_BYTES, "big")
        hidden += previous
    return hidden


def _sha1(data: bytes) -> bytes:
    return sha1(data, usedforsecurity=False).digest()
