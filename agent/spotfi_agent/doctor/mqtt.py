"""The connection as the running agent has it."""

from typing import Any
from uuid import UUID

from spotfi_agent.doctor.finding import ENROL_AGAIN, Finding

_RECENTLY_S = 300
_MOST_LOSSES = 3
"""In five minutes; beyond that a connection does not hold."""
_OPERATORS = "That is not this router's fault: tell the operator of the cloud. The agent goes on by itself."


def check_agent(router_id: UUID, status: dict[str, Any] | None) -> Finding:
    if status is None:
        return Finding("agent", False, "not running", "Start it: on OpenWrt `/etc/init.d/spotfi-agent start`.")
    link = status["link"]
    if link["state"] == "refused":
        said = f"the cloud refuses router {router_id}: {link['reason']}"
        return Finding("MQTT", False, said, f"Its key was revoked, or this is another cloud. {ENROL_AGAIN}")
    if link["state"] != "online":
        remedy = "If all above is well, wait a minute; then tell the operator of the cloud what is said here."
        return Finding("MQTT", False, f"the agent runs, not connected: {link['reason']}", remedy)
    unfit_ago_s = status.get("unfit_ago_s")
    if unfit_ago_s is not None and unfit_ago_s <= _RECENTLY_S:
        count = status["messages_dropped"] + status["messages_flooded"]
        said = f"the broker sends what is not to be understood: {count} messages, the last {unfit_ago_s} s ago"
        return Finding("MQTT", False, said, _OPERATORS)
    if link.get("losses", 0) > _MOST_LOSSES:
        said = f"the connection was lost {link['losses']} times in five minutes, at last: {link['lost_reason']}"
        return Finding("MQTT", False, said, "If the line to the internet is well, tell the operator of the cloud.")
    return Finding("MQTT", True, f"the agent is connected over {link['transport']}")
