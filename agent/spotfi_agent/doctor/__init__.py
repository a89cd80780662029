"""`spotfi-agent doctor`: looks at what the agent needs, in the order it needs it, and names the first thing that fails.

Order: identity, power, flash, journal, memory, WAN, an upgrade of the agent while there is one, then of the way to the cloud
DNS, clock, TCP, TLS, MQTT (as the running agent has it), and the same of the fallback. What a machine does not tell of
itself is passed over.
"""

from collections.abc import Iterator
from pathlib import Path

from spotfi_agent.doctor.clock import check_clock
from spotfi_agent.doctor.finding import ENROL_AGAIN, Finding
from spotfi_agent.doctor.machine import check_flash, check_journal, check_memory, check_power, check_upgrade, check_wan
from spotfi_agent.doctor.mqtt import check_agent
from spotfi_agent.doctor.way import Way
from spotfi_agent.failure import Failure
from spotfi_agent.identity import load_identity
from spotfi_agent.link.endpoint import Transport
from spotfi_agent.places import Places
from spotfi_agent.runtime.assembly import context_of, endpoints_of
from spotfi_agent.runtime.status import read_status


def examine(places: Places, proc: Path = Path("/proc")) -> Iterator[Finding]:
    """The findings, in order, as they are made."""
    try:
        identity = load_identity(places.identity)
        endpoints, context = endpoints_of(identity), context_of(identity)
    except Failure as failure:
        yield Finding("identity", False, str(failure), ENROL_AGAIN)
        return
    status = read_status(places.status)
    primary = Way("primary", endpoints[Transport.MQTT], context)
    fallback = Way("fallback", endpoints[Transport.WEBSOCKET], context)
    yield Finding("identity", True, f"router {identity.router_id}")
    yield check_power(proc)
    yield check_flash(places, status)
    yield check_journal(places, status)
    yield check_memory(proc, status)
    yield check_wan(proc, primary.endpoint)
    yield from check_upgrade(places)
    yield primary.check_dns()
    yield check_clock(fallback.endpoint, identity.ca_pem)
    yield from primary.check_server()
    yield check_agent(identity.router_id, status)
    yield fallback.check_dns()
    yield from fallback.check_server()
