"""`ping`, `traceroute`, `dns`: what a technician types first. Hosts are names or addresses, never options."""

import socket

from spotfi_agent.commands import arguments, program
from spotfi_agent.commands.order import Order, Outcome, Output, failed, succeeded
from spotfi_agent.commands.streaming import Stream, stream_program

_LANE = "diagnostics"
_MOST_PINGS = 100
_MOST_HOPS = 30
_UNANSWERED = (0, 1)
"""ping and nslookup end with 1 when nobody answered: that is their finding, not a failure of the command."""


class PingHandler:
    """`target`, `count` (1 to 100, else 5)."""

    kind = "ping"
    lane = _LANE
    limit_s = 150.0

    def run(self, order: Order, output: Output) -> Outcome | None:
        target = arguments.host(order.command.args, "target")
        count = arguments.whole(order.command.args, "count", 5, 1, _MOST_PINGS)
        words = (program.find("ping"), "-c", str(count), "-W", "2", target)
        return stream_program(words, output, f"ping of {target} has ended.", accepted=_UNANSWERED)


class TracerouteHandler:
    """`target`, `hops` (1 to 30, else 20)."""

    kind = "traceroute"
    lane = _LANE
    limit_s = 150.0

    def run(self, order: Order, output: Output) -> Outcome | None:
        target = arguments.host(order.command.args, "target")
        hops = arguments.whole(order.command.args, "hops", 20, 1, _MOST_HOPS)
        words = (program.find("traceroute"), "-n", "-q", "1", "-w", "2", "-m", str(hops), target)
        return stream_program(words, output, f"traceroute to {target} has ended.")


class DnsHandler:
    """`name`; `server` asks that one instead of the router's own resolver."""

    kind = "dns"
    lane = _LANE
    limit_s = 60.0

    def run(self, order: Order, output: Output) -> Outcome | None:
        name = arguments.host(order.command.args, "name")
        server = arguments.optional_host(order.command.args, "server")
        if server is None:
            return _resolve(name, output)
        words = (program.find("nslookup"), name, server)
        return stream_program(words, output, f"{server} was asked for {name}.", accepted=_UNANSWERED)


def _resolve(name: str, output: Output) -> Outcome:
    try:
        found = sorted({str(entry[4][0]) for entry in socket.getaddrinfo(name, None)})
    except OSError as error:
        return failed(f"The router's resolver does not know {name}: {error.strerror or error}.")
    except UnicodeError:
        return failed(f"{name} is no name that can be asked for.")
    stream = Stream(output)
    stream.say("".join(f"{address}\n" for address in found).encode())
    return succeeded(f"{name} is {', '.join(found)}.", addresses=found, **stream.facts())
