"""`spotfi-agent doctor`: looks at what the agent needs, in the order it needs it, and names the first thing that fails.

Order: identity, power, flash, memory, WAN, an upgrade of the agent while there is one, then of the way to the cloud DNS, clock,
TCP, TLS, MQTT (as the running agent has it), and the same of the fallback. What a machine does not tell of itself is passed
over.
"""

import os
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spotfi_agent.clock import is_plausible
from spotfi_agent.failure import Failure
from spotfi_agent.identity import load_identity
from spotfi_agent.link.endpoint import Endpoint, Transport
from spotfi_agent.link.probe import probe
from spotfi_agent.places import Places
from spotfi_agent.runtime.assembly import context_of, endpoints_of
from spotfi_agent.runtime.status import read_status
from spotfi_agent.trial import Trial
from spotfi_protocol.enrolment import EnrolmentGrant

_TIMEOUT_S = 8.0
_LEAST_FREE_BYTES = 256 * 1024
_LEAST_MEMORY_KIB = 8 * 1024
_SETTLED_S = 300
_ENROL_AGAIN = "Get a new code from the dashboard and enrol again: spotfi-agent enroll URL"
_NOT_YET_VALID, _EXPIRED = 9, 10
"""What OpenSSL says of a certificate when the clock is wrong: X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it is well, and if not, what is wrong and what to do."""

    check: str
    is_well: bool
    said: str
    remedy: str = ""


def examine(places: Places, proc: Path = Path("/proc")) -> Iterator[Finding]:
    """The findings, in order, as they are made."""
    try:
        identity = load_identity(places.identity)
        endpoints, context = endpoints_of(identity), context_of(identity)
    except Failure as failure:
        yield Finding("identity", False, str(failure), _ENROL_AGAIN)
        return
    yield Finding("identity", True, f"router {identity.router_id}")
    yield _power(proc)
    yield _flash(places)
    yield _memory(proc, places)
    yield _wan(proc)
    yield from _upgrade(places)
    yield from _way("primary", endpoints[Transport.MQTT], context)
    yield _agent(places, identity)
    yield from _way("fallback", endpoints[Transport.WEBSOCKET], context)


def _power(proc: Path) -> Finding:
    uptime_s = float((_read(proc / "uptime").split() or ["0"])[0])
    said = f"up for {_span(uptime_s)}"
    if 0 < uptime_s < _SETTLED_S:
        said += "; if nobody restarted it, look at its power supply"
    return Finding("power", True, said)


def _flash(places: Places) -> Finding:
    draft = places.state_dir / "doctor.new"
    remedy = "Free some space (`df -h`), or replace the router: worn flash turns read-only (`dmesg | tail`)."
    try:
        free_bytes = shutil.disk_usage(places.state_dir).free
        draft.write_bytes(os.urandom(64))
        draft.unlink()
    except OSError as error:
        return Finding("flash", False, f"{places.state_dir} takes no writes: {error.strerror}", remedy)
    if free_bytes < _LEAST_FREE_BYTES:
        return Finding("flash", False, f"only {free_bytes // 1024} KiB free at {places.state_dir}", remedy)
    return Finding("flash", True, f"writable, {free_bytes // (1024 * 1024)} MiB free")


def _memory(proc: Path, places: Places) -> Finding:
    remedy = "Restart the router; if it comes back, remove packages or take a router with more memory."
    if (read_status(places.status) or {}).get("memory_short"):
        return Finding("memory", False, "there was none for the agent's last command", remedy)
    fields = dict(line.split(":", 1) for line in _read(proc / "meminfo").splitlines() if ":" in line)
    if "MemAvailable" not in fields:
        return Finding("memory", True, "not told by this system")
    available_kib = int(fields["MemAvailable"].split()[0])
    said = f"{available_kib // 1024} MiB available"
    return Finding("memory", available_kib >= _LEAST_MEMORY_KIB, said, remedy)


def _wan(proc: Path) -> Finding:
    """A default route of either family; a cloud on this very network needs none, so only the next steps can fail."""
    routes = [line.split() for line in _read(proc / "net/route").splitlines()[1:]]
    found = [words[0] for words in routes if len(words) > 1 and words[1] == "00000000"]
    found += [
        words[-1]
        for words in (line.split() for line in _read(proc / "net/ipv6_route").splitlines())
        if words[0] == "0" * 32 and words[1] == "00" and words[-1] != "lo"
    ]
    if found:
        return Finding("WAN", True, f"default route by {found[0]}")
    return Finding("WAN", True, "no default route: only what is on this router's own networks is reached")


def _upgrade(places: Places) -> Iterator[Finding]:
    """Only while there is one."""
    progress = Trial(places.upgrade).progress()
    if progress is not None:
        said = f"from version {progress.before} to {progress.to}: {progress.phase}. {progress.reason}".strip()
        remedy = "It goes on by itself. If this still stands there in a quarter of an hour, restart the router."
        yield Finding("upgrade", progress.verdict != "old", said, remedy)


def _clock() -> Finding:
    now = time.gmtime()
    said = time.strftime("%Y-%m-%d %H:%M UTC", now)
    remedy = "Set it: on OpenWrt `/etc/init.d/sysntpd restart`; check that UDP port 123 gets out."
    return Finding("clock", is_plausible(time.time_ns() // 1_000_000), said, remedy)


def _way(name: str, endpoint: Endpoint, context: ssl.SSLContext) -> Iterator[Finding]:
    """DNS, TCP, TLS; for the primary the clock before TLS, which needs it. Ends with the first that fails."""
    dns = _step(
        f"{name} DNS", endpoint, _resolve, "Check cable and settings of the WAN port, and the router's DNS servers."
    )
    yield dns
    if name == "primary":
        yield _clock()
    if not dns.is_well:
        return
    blocked = f"A firewall on the way may block port {endpoint.port}, or the server is down."
    tcp = _step(f"{name} TCP", endpoint, _reach, blocked)
    yield tcp
    if tcp.is_well:
        yield _tls(f"{name} TLS", endpoint, context)


def _step(check: str, endpoint: Endpoint, look: Callable[[Endpoint], str], remedy: str) -> Finding:
    try:
        return Finding(check, True, look(endpoint))
    except OSError as error:
        return Finding(check, False, f"{endpoint}: {error.strerror or error}", remedy)


def _resolve(endpoint: Endpoint) -> str:
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    return f"{endpoint.host} is {found[0][4][0]}"


def _reach(endpoint: Endpoint) -> str:
    socket.create_connection((endpoint.host, endpoint.port), timeout=_TIMEOUT_S).close()
    return f"port {endpoint.port} answers"


def _tls(check: str, endpoint: Endpoint, context: ssl.SSLContext) -> Finding:
    try:
        probe(endpoint, context, _TIMEOUT_S)
    except ssl.SSLCertVerificationError as error:
        return Finding(check, False, f"{endpoint}: {error.verify_message}", _remedy_of(error.verify_code))
    except OSError as error:
        remedy = f"Something else than SpotFi answers on port {endpoint.port}, or a firewall breaks TLS on the way."
        return Finding(check, False, f"{endpoint}: {error.strerror or error}", remedy)
    return Finding(check, True, "the server is the one this router was enrolled with")


def _remedy_of(verify_code: int) -> str:
    if verify_code == _NOT_YET_VALID:
        return "The router's clock is behind: on OpenWrt `/etc/init.d/sysntpd restart`, and let UDP port 123 out."
    if verify_code == _EXPIRED:
        return "Compare the router's clock with yours; if it is right, the server's certificate needs renewal."
    return f"The server is not the one this router was enrolled with. If that was meant: {_ENROL_AGAIN}"


def _agent(places: Places, identity: EnrolmentGrant) -> Finding:
    status = read_status(places.status)
    if status is None:
        return Finding("agent", False, "not running", "Start it: on OpenWrt `/etc/init.d/spotfi-agent start`.")
    link = status["link"]
    if link["state"] == "refused":
        return Finding("MQTT", False, f"the cloud refuses router {identity.router_id}: {link['reason']}", _ENROL_AGAIN)
    if link["state"] != "online":
        remedy = "If all above is well, wait a minute; then look at `spotfi-agent logs`."
        return Finding("MQTT", False, f"the agent runs, not connected: {link['reason']}", remedy)
    return Finding("MQTT", True, f"the agent is connected over {link['transport']}")


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"
