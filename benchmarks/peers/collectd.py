"""Debian's collectd with its mqtt plugin as a peer: it measures about what the agent does and publishes it over TLS."""

import os
import subprocess
from pathlib import Path

from benchmarks.peers.mosquitto import Broker

_PROGRAM = Path("/usr/sbin/collectd")
_PLUGINS = Path("/usr/lib/collectd")
_MEASURING = ("cpu", "load", "memory", "interface", "df", "uptime", "conntrack", "wireless", "thermal")


def install() -> str:
    """Its version, or an empty text where it cannot be had: not installed, and we may not install it."""
    if not _has_mqtt() and os.geteuid() == 0:
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for arguments in (
            ["update", "-qq"],
            ["install", "-yqq", "--no-install-recommends", "collectd-core", "libmosquitto1"],
        ):
            subprocess.run(["apt-get", *arguments], check=False, capture_output=True, env=environ)
    if not _has_mqtt():
        return ""
    said = subprocess.run([_PROGRAM, "-h"], check=False, capture_output=True, text=True).stdout
    return next((word.rstrip(",") for word in said.split() if word[:1].isdigit()), "?")


def argv(folder: Path, broker: Broker, port: int, user: str, password: str, interval_s: int) -> list[str]:
    """How to start it in the foreground, publishing to localhost at this port."""
    config = folder / "collectd.conf"
    plugins = "".join(f"LoadPlugin {name}\n" for name in _MEASURING if (_PLUGINS / f"{name}.so").exists())
    config.write_text(
        f'Hostname "router"\nFQDNLookup false\nInterval {interval_s}\nBaseDir "{folder}"\nPIDFile "{folder}/collectd.pid"\n'
        f'TypesDB "/usr/share/collectd/types.db"\n{plugins}LoadPlugin mqtt\n'
        f'<Plugin mqtt>\n  <Publish "router">\n    Host "localhost"\n    Port {port}\n    ClientId "collectd"\n'
        f'    User "{user}"\n    Password "{password}"\n    QoS 1\n    Prefix "collectd"\n    CACert "{broker.ca_file}"\n'
        f"  </Publish>\n</Plugin>\n"
    )
    return [str(_PROGRAM), "-f", "-C", str(config)]


def _has_mqtt() -> bool:
    return _PROGRAM.exists() and (_PLUGINS / "mqtt.so").exists()
