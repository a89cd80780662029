"""Where the cloud is reached: MQTT over TLS, and the same over a WebSocket on the API's own port."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

_HTTPS_PORT = 443


class Transport(StrEnum):
    """As it is named in a hello."""

    MQTT = "mqtt"
    WEBSOCKET = "websocket"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way in. TLS always."""

    transport: Transport
    host: str
    port: int
    path: str = ""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}{self.path}"


def websocket_endpoint(url: str) -> Endpoint:
    """The endpoint of a `wss://host[:port]/path` URL. ValueError for anything else."""
    parts = urlsplit(url)
    if parts.scheme != "wss" or not parts.hostname:
        msg = f"not a wss:// address: {url!r}"
        raise ValueError(msg)
    return Endpoint(Transport.WEBSOCKET, parts.hostname, parts.port or _HTTPS_PORT, parts.path or "/")
