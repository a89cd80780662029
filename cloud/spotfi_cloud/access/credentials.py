"""Whether a request proves an account's password, and what the proof adds to the reply. Pure: no I/O.

PAP, CHAP and MS-CHAPv2. A device without a login page may get in by its MAC address: its account's user name is the address
as `AA-BB-CC-DD-EE-FF`. The NAS vouches for the device, so User-Name and Calling-Station-Id must be the same address; the
password is then the address again, in any notation, or the account's password (`macpasswd`, `mac_passwd`). With
Service-Type Call-Check it may be missing (RFC 2865 §5.6).
"""

from dataclasses import dataclass
from hmac import compare_digest

from spotfi_cloud.access.rules import Account
from spotfi_cloud.radius.attributes import Attr, Microsoft, ServiceType
from spotfi_cloud.radius.mac_address import normal_mac
from spotfi_cloud.radius.mppe import key_attributes
from spotfi_cloud.radius.mschap import check_mschap, error_attribute, password_hash, read_mschap, success_attribute
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.radius.passwords import check_chap, decrypt_pap


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the password fits; attributes in wire form that the accept, or the reject, carries because of it."""

    fits: bool
    on_accept: bytes = b""
    on_reject: bytes = b""


WRONG = Proof(fits=False)
FITS = Proof(fits=True)
_MSCHAP_WORDS = "Authentication failed"


def login_name(packet: Packet) -> str:
    """Whose account a request is about: the normalised MAC address where a device speaks for itself, else User-Name."""
    username = packet.text(Attr.USER_NAME) or ""
    return username if normal_mac(username) is None else device_name(packet) or username


def device_name(packet: Packet) -> str | None:
    """The address, where User-Name and Calling-Station-Id are the same MAC address."""
    device = normal_mac(packet.text(Attr.USER_NAME) or "")
    vouched = device is not None and device == normal_mac(packet.text(Attr.CALLING_STATION_ID) or "")
    return device if vouched else None


def sent_password(packet: Packet, secret: bytes) -> bytes | None:
    """What came as PAP; None where nothing did, or something too long to be a password."""
    hidden = packet.get(Attr.USER_PASSWORD)
    return None if hidden is None else decrypt_pap(hidden, packet.authenticator, secret)


def proves_device(packet: Packet, secret: bytes) -> bool:
    """Whether a device is let in by its address alone: nothing but the address came as password, or nothing was needed."""
    device = device_name(packet)
    if device is None or needs_clear_password(packet):
        return False
    if Attr.USER_PASSWORD not in packet:
        return packet.integer(Attr.SERVICE_TYPE) == ServiceType.CALL_CHECK
    sent = sent_password(packet, secret)
    return sent is not None and normal_mac(sent.decode("utf-8", "replace")) == device


def needs_clear_password(packet: Packet) -> bool:
    """Whether the request proves its password in a way that takes the password itself to check: CHAP, MS-CHAP."""
    if Attr.CHAP_PASSWORD in packet:
        return True
    return Attr.VENDOR_SPECIFIC in packet and any(
        packet.vendor(Microsoft.VENDOR, kind) is not None
        for kind in (Microsoft.CHAP2_RESPONSE, Microsoft.CHAP_RESPONSE)
    )


def prove(packet: Packet, secret: bytes, account: Account) -> Proof:
    """Check whatever proof the request brings against the account's password, which must be known in clear."""
    if Attr.CHAP_PASSWORD in packet:
        return FITS if check_chap(packet, account.password) else WRONG
    if needs_clear_password(packet):
        return _prove_mschap(packet, secret, account.password)
    sent = sent_password(packet, secret)
    if sent is not None and compare_digest(sent, account.password):
        return FITS
    return FITS if proves_device(packet, secret) else WRONG


def disprove(packet: Packet) -> Proof:
    """What a name that does not exist is told: the same as a wrong password."""
    proof = read_mschap(packet)
    return WRONG if proof is None else Proof(fits=False, on_reject=error_attribute(proof, _MSCHAP_WORDS))


def _prove_mschap(packet: Packet, secret: bytes, password: bytes) -> Proof:
    proof = read_mschap(packet)
    if proof is None:
        return WRONG
    hashed = password_hash(password)
    if not check_mschap(proof, hashed):
        return Proof(fits=False, on_reject=error_attribute(proof, _MSCHAP_WORDS))
    keys = key_attributes(packet, secret, hashed, proof.nt_response)
    return Proof(fits=True, on_accept=success_attribute(proof, hashed) + keys)
