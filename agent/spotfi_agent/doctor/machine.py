"""The router itself: power, flash, what lies on it, memory, the way out, an upgrade under way."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spotfi_agent.doctor.finding import Finding
from spotfi_agent.link.endpoint import Endpoint
from spotfi_agent.places import Places
from spotfi_agent.spool.flash_file import count_damaged_bytes
from spotfi_agent.trial import Trial

_LEAST_FREE_BYTES = 256 * 1024
_LEAST_MEMORY_KIB = 8 * 1024
_SETTLED_S = 300


def check_power(proc: Path) -> Finding:
    uptime_s = float((_read(proc / "uptime").split() or ["0"])[0])
    said = f"up for {_span(uptime_s)}"
    if 0 < uptime_s < _SETTLED_S:
        said += "; if nobody restarted it, look at its power supply"
    return Finding("power", True, said)


def check_flash(places: Places, status: dict[str, Any] | None) -> Finding:
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
    if (status or {}).get("flash_refuses"):
        return Finding("flash", False, f"{places.state_dir} does not take what the agent has to keep", remedy)
    return Finding("flash", True, f"writable, {free_bytes // (1024 * 1024)} MiB free")


def check_journal(places: Places, status: dict[str, Any] | None) -> Finding:
    """What must survive a power cut. Only where nobody is writing there can the files themselves be looked at."""
    if status is not None:
        cleared = status.get("journal_damaged_bytes", 0)
        said = f"{status.get('results_waiting', 0)} results wait for the cloud"
        return Finding("journal", True, f"{said}; {cleared} damaged bytes cleared at the start" if cleared else said)
    damaged = sum(count_damaged_bytes(path) for path in (places.journal, places.remembered))
    said = f"{damaged} bytes are damaged" if damaged else "whole"
    remedy = (
        "Start the agent: it keeps every whole record and clears the rest away. A power cut may do this once; if it comes "
        "back, the flash is worn: replace the router."
    )
    return Finding("journal", not damaged, said, remedy)


def check_memory(proc: Path, status: dict[str, Any] | None) -> Finding:
    remedy = "Restart the router; if it comes back, remove packages or take a router with more memory."
    if (status or {}).get("memory_short"):
        return Finding("memory", False, "there was none for the agent's last command", remedy)
    fields = dict(line.split(":", 1) for line in _read(proc / "meminfo").splitlines() if ":" in line)
    if "MemAvailable" not in fields:
        return Finding("memory", True, "not told by this system")
    available_kib = int(fields["MemAvailable"].split()[0])
    said = f"{available_kib // 1024} MiB available"
    return Finding("memory", available_kib >= _LEAST_MEMORY_KIB, said, remedy)


def check_wan(proc: Path, cloud: Endpoint) -> Finding:
    """A default route of either family, or another way to the cloud, such as one on this very network."""
    routes = [line.split() for line in _read(proc / "net/route").splitlines()[1:]]
    found = [words[0] for words in routes if len(words) > 1 and words[1] == "00000000"]
    found += [
        words[-1]
        for words in (line.split() for line in _read(proc / "net/ipv6_route").splitlines())
        if words[0] == "0" * 32 and words[1] == "00" and words[-1] != "lo"
    ]
    if found:
        return Finding("WAN", True, f"default route by {found[0]}")
    if _has_way_to(cloud):
        return Finding("WAN", True, "no default route, but one to the cloud")
    remedy = "Plug in the cable of the WAN port, and look at its settings: `ifstatus wan`, then `ifup wan`."
    return Finding("WAN", False, "no way out: the router has no default route", remedy)


def _has_way_to(endpoint: Endpoint) -> bool:
    """By the kernel's routes alone: connecting a datagram socket sends nothing."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as unsent:
            unsent.connect(address)
    except OSError:
        return False
    return True


def check_upgrade(places: Places) -> Iterator[Finding]:
    """Only while there is one."""
    progress = Trial(places.upgrade).progress()
    if progress is not None:
        said = f"from version {progress.before} to {progress.to}: {progress.phase}. {progress.reason}".strip()
        remedy = "It goes on by itself. If this still stands there in a quarter of an hour, restart the router."
        yield Finding("upgrade", progress.verdict != "old", said, remedy)


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
