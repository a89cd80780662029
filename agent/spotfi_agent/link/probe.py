"""A look at an endpoint without disturbing the link: name, TCP, TLS with the pinned CA. No MQTT, no key."""

import socket
import ssl

from spotfi_agent.link.endpoint import Endpoint


def probe(endpoint: Endpoint, context: ssl.SSLContext, timeout_s: float) -> None:
    """Returns when a trusted server answers there. OSError (ssl.SSLError is one) says what failed."""
    with (
        socket.create_connection((endpoint.host, endpoint.port), timeout=timeout_s) as plain,
        context.wrap_socket(plain, server_hostname=endpoint.host),
    ):
        return
