"""What the package says about itself, the same in every format.

The dependencies are those of `modules.txt`, which a test compares with the modules that the agent really loads; OpenWrt's own
paho package names fewer than it imports, so ours names them all.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

NAME = "spotfi-agent"
SUMMARY = "Reports this router's health to SpotFi and carries out its commands"
DESCRIPTION = (
    "Connects the router to a SpotFi installation over MQTT with TLS, or over WebSocket where only HTTPS gets through.",
    "Reports health and traffic, carries out commands, and survives outages of link and power.",
)
LICENSE = "MIT"
MAINTAINER = "SpotFi"
RELEASE = 1
"""Counts the packagings of one version."""

DEPENDS = (
    "ca-bundle",
    "python3-codecs",
    "python3-light",
    "python3-logging",
    "python3-openssl",
    "python3-paho-mqtt",
    "python3-psutil",
    "python3-urllib",
    "python3-uuid",
)
"""Sorted, as apk wants them."""

CONFFILES = ("/etc/config/spotfi",)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What differs from build to build."""

    version: str
    """Of the agent, without the packaging's number: `0.1.0`."""
    built_at: int
    """Unix time that every file and both packages carry."""

    @property
    def ipk_version(self) -> str:
        return f"{self.version}-{RELEASE}"

    @property
    def apk_version(self) -> str:
        return f"{self.version}-r{RELEASE}"


def agent_version(repository: Path) -> str:
    """The version in the agent's pyproject.toml."""
    project = tomllib.loads((repository / "agent" / "pyproject.toml").read_text())["project"]
    return str(project["version"])
