"""The status file: what the running agent knows about itself, for `spotfi-agent status`. In RAM on a router."""

import json
import os
from pathlib import Path
from typing import Any

_STATES = {
    "online": "connected to the cloud",
    "offline": "not connected; it keeps trying",
    "refused": "refused by the cloud: this router's key was revoked or replaced. Enrol it again with a new code",
}


def write_status(path: Path, status: dict[str, Any]) -> None:
    """Replace the file. A full disk is no reason to stop: then the old one stays."""
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_text(json.dumps(status))
        draft.replace(path)
    except OSError:
        return


def read_status(path: Path) -> dict[str, Any] | None:
    """What the agent wrote, or None when there is no agent running that wrote it."""
    try:
        status = json.loads(path.read_text())
        os.kill(int(status["pid"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return status if isinstance(status, dict) else None


def in_words(status: dict[str, Any]) -> str:
    """The status for a person, in lines of at most 80 columns where the values allow it."""
    link = status["link"]
    lines = [
        f"Router       {status['router_id']}",
        f"State        {_STATES.get(link['state'], link['state'])}",
        f"Transport    {link['transport'] or '-'} to {link['endpoint'] or '-'}, for {link['for_s']} s",
    ]
    if link["reason"]:
        lines.append(f"Last reason  {link['reason']}")
    lines += [
        f"Samples      every {status['interval_s']:g} s, {status['samples_waiting']} waiting",
        f"Commands     {status['commands_running']} running, {status['results_waiting']} results waiting",
        f"Dropped      {status['messages_dropped']} messages not understood, {status['messages_flooded']} beyond measure",
        f"Agent        {status['version']}, pid {status['pid']}",
    ]
    return "\n".join(lines)
