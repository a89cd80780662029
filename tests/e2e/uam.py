"""UAM as a captive portal on a router speaks it, written from what uspot and CoovaChilli do, not from SpotFi's code."""

import hashlib
import os
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass
class UamRouter:
    """The UAM side of a router: it makes the addresses guests are sent to, and undoes what comes back to `/logon`."""

    kind: str
    page_url: str
    nas_identifier: str
    secret: str
    address: str = "10.1.0.1"
    port: int = 3990
    mac: str = "02-00-00-00-00-01"
    challenge: bytes = field(default_factory=lambda: os.urandom(16))

    def page_for(self, result: str, **more: str) -> str:
        """Where the guest is sent, signed where there is a secret. `more`: fields put at the end, `userurl` last."""
        url = self.unsigned(result, **more)
        return url if not self.secret else f"{url}&md={self._md(url)}"

    def unsigned(self, result: str, **more: str) -> str:
        mac = self.mac.lower().replace("-", ":") if self.kind == "uspot" else self.mac
        words = {"failed": "reject"} if self.kind == "uspot" else {}
        fields = {
            "res": words.get(result, result),
            "uamip": self.address,
            "uamport": str(self.port),
            "challenge": self.challenge.hex(),
            **({"mac": mac} if self.kind == "uspot" else {"called": "00-11-22-33-44-55", "mac": mac}),
            "ip": "10.1.0.7",
            **({"called": "00:11:22:33:44:55"} if self.kind == "uspot" else {}),
            "nasid": self.nas_identifier,
            "sessionid": "5f3a9c0000000001",
            **more,
        }
        # uspot escapes nothing.
        write = str if self.kind == "uspot" else quote
        return f"{self.page_url}?" + "&".join(f"{name}={write(value)}" for name, value in fields.items())

    def _md(self, url: str) -> str:
        digest = hashlib.md5(url.encode() + self.secret.encode()).hexdigest()
        return digest if self.kind == "uspot" else digest.upper()

    @property
    def key(self) -> bytes:
        """What passwords are hidden under, and CHAP's challenge towards RADIUS."""
        return hashlib.md5(self.challenge + self.secret.encode()).digest() if self.secret else self.challenge

    def password_in(self, sent: str) -> bytes:
        """The password of `/logon?password=…`."""
        if self.kind == "uspot" and not self.secret:
            return sent.encode()
        hidden = bytes.fromhex(sent)[: 16 if self.kind == "uspot" else 128]
        return bytes(octet ^ self.key[at % 16] for at, octet in enumerate(hidden)).rstrip(b"\0")

    def proves(self, response: str, password: bytes) -> bool:
        """Whether `/logon?response=…` is CHAP's for the password."""
        return bytes.fromhex(response) == hashlib.md5(b"\0" + password + self.key).digest()
