"""Asks the cloud's API whether a key is this router's. The API looks into its database; a broker may be a moment behind.

By hand over TLS, like spotfi_agent.cloud_time: HTTP's module would cost a router two megabytes.
"""

import base64
import logging
import socket
import ssl
from uuid import UUID

from spotfi_agent.cloud_time import read_head
from spotfi_agent.link.endpoint import Endpoint
from spotfi_agent.log_lines import field

_log = logging.getLogger(__name__)

_TIMEOUT_S = 8.0


class KeyCheck:
    """True where the API accepts the key; False where it does not, or was not reached."""

    def __init__(self, api: Endpoint, context: ssl.SSLContext, router_id: UUID) -> None:
        self._api = api
        self._context = context
        self._router_id = router_id

    def __call__(self, key: str) -> bool:
        pair = base64.b64encode(f"{self._router_id}:{key}".encode()).decode()
        request = (
            f"GET /api/v1/device/speed?bytes=1 HTTP/1.1\r\nHost: {self._api.host}\r\n"
            f"Authorization: Basic {pair}\r\nConnection: close\r\n\r\n"
        )
        try:
            with (
                socket.create_connection((self._api.host, self._api.port), timeout=_TIMEOUT_S) as plain,
                self._context.wrap_socket(plain, server_hostname=self._api.host) as secured,
            ):
                secured.sendall(request.encode())
                words = read_head(secured).split(None, 2)
        except OSError as error:
            _log.warning("key_not_checked reason=%s", field(error))
            return False
        return len(words) > 1 and words[1] == b"200"
