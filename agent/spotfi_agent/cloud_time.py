"""The time by the cloud's own clock, for a router whose clock is so far behind that the cloud's certificate is not valid yet.

Before NTP answers a router may live in 1970, and then no TLS connection can be made at all. So the API is asked once over TLS
with every check but that of the dates: the CA that enrolment pinned, and the server's name. What its `Date` header says
(RFC 9110 §6.6.1) is believed only where it lies in the validity of the certificate shown, and whoever sets the clock sets it
forward only: nobody without a key of the pinned CA can move the clock, and nobody at all can turn it back.
"""

import calendar
import socket
import ssl
import time
from collections.abc import Mapping

from spotfi_agent.tls import trusting

_NO_CHECK_OF_DATES = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, for which the module `ssl` has no name."""
_TIMEOUT_S = 8.0
_MOST_BYTES = 8192
_DATE_FORMAT = "%a, %d %b %Y %H:%M:%S GMT"


def is_too_early(error: OSError) -> bool:
    """Whether TLS failed because the certificate is not valid yet, by this router's clock."""
    return isinstance(error, ssl.SSLCertVerificationError) and error.verify_code == 9  # X509_V_ERR_CERT_NOT_YET_VALID


def ask_time(host: str, port: int, ca_pem: str) -> int:
    """Seconds since 1970 UTC by the cloud's clock. OSError where it does not say, or says what is not to be believed."""
    context = trusting(ca_pem)
    context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_OF_DATES)
    with (
        socket.create_connection((host, port), timeout=_TIMEOUT_S) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        secured.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        told_s = _date_of(read_head(secured))
        certificate = secured.getpeercert() or {}
    return _believed(told_s, certificate)


def read_head(secured: ssl.SSLSocket) -> bytes:
    """The head of an HTTP answer, and perhaps some of its body; at most so much as a head may be."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MOST_BYTES:
        data = secured.recv(1024)
        if not data:
            break
        head += data
    return head


def _date_of(head: bytes) -> int:
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "date":
            try:
                return calendar.timegm(time.strptime(value.strip(), _DATE_FORMAT))
            except ValueError:
                break
    msg = "the cloud does not tell the time"
    raise OSError(msg)


def _believed(told_s: int, certificate: Mapping[str, object]) -> int:
    first_s = ssl.cert_time_to_seconds(str(certificate.get("notBefore", "")))
    last_s = ssl.cert_time_to_seconds(str(certificate.get("notAfter", "")))
    if not first_s <= told_s <= last_s:
        msg = "the time the cloud tells is not to be believed"
        raise OSError(msg)
    return told_s
