"""`spotfi-agent report`: one file that a technician can send to support. No key, no password, no enrolment code is in it."""

import json
import os
import platform
import re
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from paho.mqtt import __version__ as paho_version
from psutil import __version__ as psutil_version

from spotfi_agent import __version__
from spotfi_agent.config import load_config
from spotfi_agent.doctor import examine
from spotfi_agent.failure import Failure
from spotfi_agent.identity import load_identity
from spotfi_agent.log_lines import read_recent
from spotfi_agent.places import Places
from spotfi_agent.runtime.status import read_status

_LOG_LINES = 500
_SECRET_NAME = re.compile("key|passw|secret|token|code", re.IGNORECASE)
_MACHINE_FILES = (
    "/etc/openwrt_release",
    "/etc/os-release",
    "/proc/uptime",
    "/proc/loadavg",
    "/proc/meminfo",
    "/proc/mounts",
)


def make_report(places: Places) -> dict[str, Any]:
    """What is known of the agent and its router, as an object for JSON."""
    report: dict[str, Any] = {
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "agent": {"version": __version__, "python": sys.version, "paho": paho_version, "psutil": psutil_version},
        "machine": {"system": " ".join(platform.uname()), "files": {path: _read(path) for path in _MACHINE_FILES}},
        "identity": _identity(places),
        "configuration": _configuration(places),
        "files": _files(places),
        "status": read_status(places.status),
        "doctor": [asdict(finding) for finding in examine(places)],
        "log": read_recent(places.log, _LOG_LINES),
    }
    return dict(json.loads(_without_key(json.dumps(report), places)))


def in_text(report: dict[str, Any]) -> str:
    """The report for a person to read: a section for each part."""
    sections = []
    for name, part in report.items():
        lines = part if isinstance(part, list) and all(isinstance(line, str) for line in part) else None
        body = "\n".join(lines) if lines is not None else part if isinstance(part, str) else json.dumps(part, indent=1)
        sections.append(f"=== {name} ===\n{body}\n".replace("\\n", "\n    "))
    return "\n".join(sections)


def write_report(path: Path, text: str) -> None:
    """Write it for its owner's eyes only. OSError when the disk does not take it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _identity(places: Places) -> dict[str, Any]:
    try:
        body = load_identity(places.identity).to_wire()
    except Failure as failure:
        return {"problem": str(failure)}
    return {name: value for name, value in body.items() if name != "device_key"}


def _configuration(places: Places) -> dict[str, Any]:
    try:
        config, unknown = load_config(places)
    except Failure as failure:
        return {"problem": str(failure)}
    values = {name: "***" if _SECRET_NAME.search(name) and value else value for name, value in asdict(config).items()}
    return {**values, "unknown_options": unknown}


def _files(places: Places) -> dict[str, int]:
    """Sizes only: journal and remembered commands are nobody's business but the cloud's."""
    found = [*places.state_dir.glob("*"), *places.run_dir.glob("*")]
    return {str(path): path.stat().st_size for path in found if path.is_file()}


def _without_key(text: str, places: Places) -> str:
    try:
        return text.replace(load_identity(places.identity).device_key, "***")
    except Failure:
        return text


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return None
