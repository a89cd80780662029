"""`spotfi-agent doctor`: looks at what the agent needs, in the order it needs it, and names the first thing that fails."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spotfi_agent.clock import is_plausible
from spotfi_agent.failure import Failure
from spotfi_agent.identity import load_identity
from spotfi_agent.link.endpoint import Endpoint, Transport
from spotfi_agent.link.probe import probe
from spotfi_agent.places import Places
from spotfi_agent.runtime.assembly import endpoints_of
from spotfi_agent.runtime.status import read_status
from spotfi_agent.tls import trusting
from spotfi_protocol.enrolment import EnrolmentGrant

_TIMEOUT_S = 8.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it is well, and if not, what is wrong and what to do."""

    check: str
    is_well: bool
    said: str
    remedy: str = ""


def examine(places: Places) -> Iterator[Finding]:
    """The findings, in order, as they are made."""
    try:
        identity = load_identity(places.identity)
    except Failure as failure:
        yield Finding("identity", False, str(failure), "Enrol this router.")
        return
    yield Finding("identity", True, f"router {identity.router_id}")
    yield _clock()
    endpoints = endpoints_of(identity)
    context = trusting(identity.ca_pem)
    for transport, name in ((Transport.MQTT, "primary"), (Transport.WEBSOCKET, "fallback")):
        yield from _endpoint(name, endpoints[transport], context)
    yield _agent(places, identity)


def _clock() -> Finding:
    now = time.gmtime()
    said = time.strftime("%Y-%m-%d %H:%M UTC", now)
    remedy = "Set it: on OpenWrt `/etc/init.d/sysntpd restart`; check that UDP port 123 gets out."
    return Finding("clock", is_plausible(time.time_ns() // 1_000_000), said, remedy)


def _endpoint(name: str, endpoint: Endpoint, context: ssl.SSLContext) -> Iterator[Finding]:
    steps: tuple[tuple[str, Callable[[], str], str], ...] = (
        ("DNS", lambda: _resolve(endpoint), "Check the router's WAN connection and its DNS servers."),
        (
            "TCP",
            lambda: _reach(endpoint),
            f"A firewall on the way may block port {endpoint.port}, or the server is down.",
        ),
        (
            "TLS",
            lambda: _trust(endpoint, context),
            "Check the router's clock. If it is right, enrol again: the server has changed.",
        ),
    )
    for step, look, remedy in steps:
        check = f"{name} {step}"
        try:
            yield Finding(check, True, look())
        except ssl.SSLCertVerificationError as error:
            yield Finding(check, False, f"{endpoint}: {error.verify_message}", remedy)
            return
        except OSError as error:
            yield Finding(check, False, f"{endpoint}: {error}", remedy)
            return


def _resolve(endpoint: Endpoint) -> str:
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    return f"{endpoint.host} is {found[0][4][0]}"


def _reach(endpoint: Endpoint) -> str:
    socket.create_connection((endpoint.host, endpoint.port), timeout=_TIMEOUT_S).close()
    return f"port {endpoint.port} answers"


def _trust(endpoint: Endpoint, context: ssl.SSLContext) -> str:
    probe(endpoint, context, _TIMEOUT_S)
    return "the server is the one this router was enrolled with"


def _agent(places: Places, identity: EnrolmentGrant) -> Finding:
    status = read_status(places.status)
    if status is None:
        return Finding("agent", False, "not running", "Start it: on OpenWrt `/etc/init.d/spotfi-agent start`.")
    link = status["link"]
    if link["state"] == "refused":
        remedy = "Get a new code from the dashboard and enrol again."
        return Finding("agent", False, f"the cloud refuses router {identity.router_id}: {link['reason']}", remedy)
    if link["state"] != "online":
        remedy = "If all above is well, wait a minute; then look at `spotfi-agent logs`."
        return Finding("agent", False, f"running, not connected: {link['reason']}", remedy)
    return Finding("agent", True, f"running, connected over {link['transport']}")
