"""TLS towards the cloud: one CA is trusted, the one enrolment gave; the server's name is checked; nothing waits for ever."""

import ssl

HANDSHAKE_TIMEOUT_S = 8.0


class _BoundedSocket(ssl.SSLSocket):
    """Takes no longer time-out than ours: paho 1.6 would wait a whole keepalive for each step of a handshake."""

    def settimeout(self, value: float | None) -> None:
        super().settimeout(HANDSHAKE_TIMEOUT_S if value is None else min(value, HANDSHAKE_TIMEOUT_S))


def trusting(ca_pem: str) -> ssl.SSLContext:
    """A client context that trusts this CA and no other. ssl.SSLError when the text is no certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _BoundedSocket
    context.load_verify_locations(cadata=ca_pem)
    return context


def trusting_nobody() -> ssl.SSLContext:
    """A context for fetching what will be checked by other means: the CA certificate that the enrolment code pins."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
