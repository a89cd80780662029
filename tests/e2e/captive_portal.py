"""A router's captive portal whole: guests' browsers come to it over HTTP, it asks RADIUS, and it counts and cuts off.

Shaped as uspot and as CoovaChilli are: what they send to RADIUS, how they answer `/logon`, whose challenge is good how often.
"""

import hashlib
import hmac
import os
import secrets
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.e2e.radius import Nas
from tests.e2e.uam import UamRouter

USER_NAME, USER_PASSWORD, CHAP_PASSWORD, REPLY_MESSAGE = 1, 2, 3, 18
CALLING_STATION_ID, NAS_IDENTIFIER, CHAP_CHALLENGE, MESSAGE_AUTHENTICATOR = 31, 32, 60, 80
ACCEPT = 2


class CaptivePortal:
    """One guest's device at one router; `logons`: how each proved itself."""

    def __init__(self, nas: Nas, uam: UamRouter, auth_port: int) -> None:
        self.nas, self.uam, self._auth_port = nas, uam, auth_port
        self.username = ""
        self.session = ""
        self.used_bytes = 0
        self.logons: list[str] = []
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                target = portal.answer(self.path)
                self.send_response(302)
                self.send_header("Location", target)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so where it is overridden
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        uam.address, uam.port = "127.0.0.1", self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Any website, as it seems to the guest."""
        return f"http://127.0.0.1:{self.uam.port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> str:
        """Where the browser is sent that asks for this."""
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/logon":
            return self._log_on(query)
        if parts.path == "/logoff":
            self.stop("User-Request")
            return self.uam.page_for("logoff")
        if self.session:
            return self.uam.page_for("already" if self.uam.kind == "coovachilli" else "success")
        if self.uam.kind == "coovachilli":
            self.uam.challenge = os.urandom(16)
        return self.uam.page_for("notyet", userurl="http://news.example/")

    def _log_on(self, query: dict[str, str]) -> str:
        accepted, words = self._ask_radius(query)
        if self.uam.kind == "coovachilli":  # a challenge is good once
            self.uam.challenge = os.urandom(16)
        if not accepted:
            return (
                self.uam.page_for("failed", reply=words)
                if self.uam.kind == "coovachilli"
                else self.uam.page_for("failed")
            )
        self.username, self.session, self.used_bytes = query["username"], secrets.token_hex(8), 0
        self.nas.account("Start", self.username, self.session)
        return self.uam.page_for("success")

    def use(self, more_bytes: int) -> None:
        """Traffic of the guest's, and the update about it."""
        self.used_bytes += more_bytes
        self.nas.account("Interim-Update", self.username, self.session, down_bytes=self.used_bytes, session_time_s=60)

    def stop(self, _cause: str) -> None:
        """The session is over, and accounted for."""
        if self.session:
            self.nas.account("Stop", self.username, self.session, down_bytes=self.used_bytes, session_time_s=90)
        self.session = ""

    def _ask_radius(self, query: dict[str, str]) -> tuple[bool, str]:
        """Whether the guest is let in, and Reply-Message. uspot signs nothing (no Message-Authenticator)."""
        authenticator, secret = os.urandom(16), self.nas.secret.encode()
        attributes = _attribute(USER_NAME, query["username"].encode())
        if "response" in query:
            self.logons.append("chap")
            attributes += _attribute(CHAP_PASSWORD, b"\0" + bytes.fromhex(query["response"]))
            attributes += _attribute(CHAP_CHALLENGE, self.uam.key)
        else:
            self.logons.append("pap")
            password = self.uam.password_in(query["password"])
            attributes += _attribute(USER_PASSWORD, _hide(password, authenticator, secret))
        attributes += _attribute(CALLING_STATION_ID, self.uam.mac.encode())
        attributes += _attribute(NAS_IDENTIFIER, self.nas.identifier.encode())
        if self.uam.kind == "coovachilli":
            unsigned = attributes + _attribute(MESSAGE_AUTHENTICATOR, bytes(16))
            signature = hmac.digest(secret, _packet(authenticator, unsigned), "md5")
            attributes += _attribute(MESSAGE_AUTHENTICATOR, signature)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as radius:
            radius.settimeout(10)
            radius.sendto(_packet(authenticator, attributes), ("127.0.0.1", self._auth_port))
            reply = radius.recv(4096)
        return reply[0] == ACCEPT, _texts_in(reply).get(REPLY_MESSAGE, "")


def _attribute(kind: int, value: bytes) -> bytes:
    return bytes((kind, len(value) + 2)) + value


def _packet(authenticator: bytes, attributes: bytes) -> bytes:
    return struct.pack("!BBH", 1, 7, 20 + len(attributes)) + authenticator + attributes


def _hide(password: bytes, authenticator: bytes, secret: bytes) -> bytes:
    """RFC 2865 §5.2."""
    clear, hidden, before = password + bytes(-len(password) % 16), b"", authenticator
    for start in range(0, len(clear), 16):
        key = hashlib.md5(secret + before).digest()
        before = bytes(one ^ other for one, other in zip(clear[start : start + 16], key, strict=True))
        hidden += before
    return hidden


def _texts_in(reply: bytes) -> dict[int, str]:
    found, at = {}, 20
    while at < len(reply):
        found[reply[at]] = reply[at + 2 : at + reply[at + 1]].decode("utf-8", "replace")
        at += reply[at + 1]
    return found
