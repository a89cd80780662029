"""Enrolment: the one-time code an operator reads to the router, and what is exchanged for it over HTTPS.

A code is 20 bytes in Crockford's base 32 with a checksum group, written `XXXX-XXXX-…` in nine groups of four: ten bytes of
secret, ten bytes of SHA-256 over the DER form of the installation's CA certificate, then twenty bits of SHA-256 over both.
So the code is credential and trust anchor in one: the router talks only to a server whose chain ends in that CA, and a
mistyped code is told from a wrong server.

Exchange, all below the server's URL:
  GET  /api/v1/enrolment/ca   → the CA certificate, PEM (the router checks it against the code before trusting it)
  POST /api/v1/enrolment      {code, agent_version, hostname} → EnrolmentGrant
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from typing import Any, Self
from uuid import UUID

from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.fields import Fields, reject

CA_PATH = "/api/v1/enrolment/ca"
ENROL_PATH = "/api/v1/enrolment"

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_SECRET_BYTES = 10
_PIN_BYTES = 10
_GROUP = 4
_SYMBOLS = 32
_CHECK_SYMBOLS = 4


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """The two halves of a code: a secret the cloud knows by hash, and the pin of its CA."""

    secret: bytes
    ca_pin: bytes

    @classmethod
    def generate(cls, ca_der: bytes) -> Self:
        """A fresh code for the installation with this CA certificate."""
        return cls(secrets.token_bytes(_SECRET_BYTES), pin_of(ca_der))

    def __str__(self) -> str:
        body = self.secret + self.ca_pin
        symbols = _to_symbols(int.from_bytes(body), _SYMBOLS) + _checksum(body)
        return "-".join(symbols[at : at + _GROUP] for at in range(0, len(symbols), _GROUP))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed: case, spaces, dashes and the look-alikes O, I and L do not matter.

        ProtocolError, in words for that person, when it is no code or was mistyped.
        """
        symbols = "".join(text.upper().replace("-", "").split()).translate(_LOOKALIKES)
        if len(symbols) != _SYMBOLS + _CHECK_SYMBOLS or any(symbol not in _ALPHABET for symbol in symbols):
            msg = "This is not an enrolment code. It has nine groups of four letters and digits."
            raise ProtocolError(msg)
        body = _from_symbols(symbols[:_SYMBOLS]).to_bytes(_SECRET_BYTES + _PIN_BYTES)
        if _checksum(body) != symbols[_SYMBOLS:]:
            msg = "The enrolment code is mistyped. Compare it with the dashboard, group by group."
            raise ProtocolError(msg)
        return cls(body[:_SECRET_BYTES], body[_SECRET_BYTES:])

    def trusts(self, ca_der: bytes) -> bool:
        """Whether this CA certificate is the one the code was made for."""
        return secrets.compare_digest(pin_of(ca_der), self.ca_pin)


def pin_of(ca_der: bytes) -> bytes:
    return hashlib.sha256(ca_der).digest()[:_PIN_BYTES]


def _checksum(body: bytes) -> str:
    return _to_symbols(int.from_bytes(hashlib.sha256(body).digest()[:3]) >> 4, _CHECK_SYMBOLS)


def _to_symbols(number: int, count: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))


def _from_symbols(symbols: str) -> int:
    number = 0
    for symbol in symbols:
        number = number << 5 | _ALPHABET.index(symbol)
    return number


@dataclass(frozen=True, slots=True)
class EnrolmentGrant:
    """What a router gets for its code: who it is, its key, and where to connect."""

    router_id: UUID
    device_key: str
    """The MQTT password; shown once, stored hashed by the cloud."""
    mqtt_host: str
    mqtt_port: int
    """MQTT over TLS, the primary transport."""
    websocket_url: str
    """`wss://host:port/mqtt`, the fallback."""
    ca_pem: str

    def to_wire(self) -> dict[str, Any]:
        return {**asdict(self), "router_id": str(self.router_id)}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        mqtt_port = fields.count("mqtt_port")
        if not 0 < mqtt_port < 1 << 16:
            reject("mqtt_port", "a port number")
        return cls(
            router_id=fields.uuid("router_id"),
            device_key=fields.text("device_key", 128),
            mqtt_host=fields.text("mqtt_host", 255),
            mqtt_port=mqtt_port,
            websocket_url=fields.text("websocket_url", 1024),
            ca_pem=fields.text("ca_pem", 32_768),
        )
