"""One way to the cloud, step by step: DNS, TCP, TLS."""

import socket
import ssl
from collections.abc import Callable, Iterator

from spotfi_agent.doctor.finding import ENROL_AGAIN, Finding
from spotfi_agent.link.endpoint import Endpoint
from spotfi_agent.link.probe import probe

_TIMEOUT_S = 8.0
_NOT_YET_VALID, _EXPIRED = 9, 10
"""What OpenSSL says of a certificate when the clock is wrong: X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED."""


class Way:
    """`primary` or `fallback`."""

    def __init__(self, name: str, endpoint: Endpoint, context: ssl.SSLContext) -> None:
        self.endpoint = endpoint
        self._name = name
        self._context = context
        self._is_known = False

    def check_dns(self) -> Finding:
        remedy = "Check cable and settings of the WAN port, and the router's DNS servers."
        finding = self._step("DNS", _resolve, remedy)
        self._is_known = finding.is_well
        return finding

    def check_server(self) -> Iterator[Finding]:
        """TCP and TLS, where the name is known. Ends with the first that fails."""
        if not self._is_known:
            return
        blocked = (
            f"The line to the internet is cut, a firewall on the way blocks port {self.endpoint.port}, "
            "or the server is down."
        )
        tcp = self._step("TCP", _reach, blocked)
        yield tcp
        if tcp.is_well:
            yield self._tls()

    def _step(self, what: str, look: Callable[[Endpoint], str], remedy: str) -> Finding:
        try:
            return Finding(f"{self._name} {what}", True, look(self.endpoint))
        except OSError as error:
            return Finding(f"{self._name} {what}", False, f"{self.endpoint}: {error.strerror or error}", remedy)

    def _tls(self) -> Finding:
        check, endpoint = f"{self._name} TLS", self.endpoint
        try:
            probe(endpoint, self._context, _TIMEOUT_S)
        except ssl.SSLCertVerificationError as error:
            return Finding(check, False, f"{endpoint}: {error.verify_message}", _remedy_of(error.verify_code))
        except TimeoutError:
            remedy = "The server hangs, or a firewall on the way swallows TLS. If the fallback is well, the agent takes that."
            return Finding(check, False, f"{endpoint}: connected, but no answer within {_TIMEOUT_S:g} s", remedy)
        except OSError as error:
            remedy = f"Something else than SpotFi answers on port {endpoint.port}, or a firewall breaks TLS on the way."
            return Finding(check, False, f"{endpoint}: {error.strerror or error}", remedy)
        return Finding(check, True, "the server's certificate is by the authority this router was enrolled with")


def _resolve(endpoint: Endpoint) -> str:
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    return f"{endpoint.host} is {found[0][4][0]}"


def _reach(endpoint: Endpoint) -> str:
    socket.create_connection((endpoint.host, endpoint.port), timeout=_TIMEOUT_S).close()
    return f"port {endpoint.port} answers"


def _remedy_of(verify_code: int) -> str:
    if verify_code == _NOT_YET_VALID:
        return "The router's clock is behind: on OpenWrt `/etc/init.d/sysntpd restart`, and let UDP port 123 out."
    if verify_code == _EXPIRED:
        return "Compare the router's clock with yours; if it is right, the server's certificate needs renewal."
    return f"The server is not the one this router was enrolled with. If that was meant: {ENROL_AGAIN}"
