"""This router as the cloud's API knows it: where that is, what vouches for it, and the key that speaks for the router."""

import base64
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Device:
    """Enough to ask the API something."""

    api_host: str
    api_port: int
    context: ssl.SSLContext
    router_id: UUID
    current_key: Callable[[], str]

    def headers(self) -> dict[str, str]:
        """HTTP's basic authentication (RFC 7617)."""
        pair = base64.b64encode(f"{self.router_id}:{self.current_key()}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
