"""The agent's configuration: what the owner of the router decides, as opposed to what enrolment or the cloud does.

Two sources with the same options, all optional:

- `config.ini` in the state directory, section `[agent]`, lines `option = value`; where it exists, nothing else is read;
- on OpenWrt UCI `/etc/config/spotfi`, the named section `config agent 'agent'`, lines `option NAME 'value'`.

Options (defaults in `Config`):

  interval_s           seconds between samples; the cloud's setting wins until the agent restarts
  reboot_command       what the command `reboot` runs
  log_command          what the command `logs` runs; empty: logread, journalctl, the syslog file or dmesg, whichever works
  kick_command         what ends a guest's session, with {username} {calling_station_id} {acct_session_id} {framed_ip}
  log_follow_command   what `logs` runs to follow the log; empty: whatever fits the source
  allow_services       names of /etc/init.d scripts that `service` may start, stop and restart
  allow_ubus           what `ubus_read` may call, as object:method, with * and ? as wildcards
  allow_uci            names of /etc/config files that `uci_read` may show; passwords and keys in them are masked
  allow_files          absolute paths that `file_read` may read; the last part may have * and ?
  allow_shell          1: the command `shell` is carried out, as root; else it is refused, whoever asks
  allow_terminal       1: the cloud's staff may open a terminal, as root; else it is refused, whoever asks
  terminal_idle_s      after which a terminal in which nothing is typed is closed
  terminal_longest_s   after which any terminal is closed
  terminal_grace_s     after which a terminal is closed that is not heard of any more: the link is down, or the cloud is
  clock_command        what sets the clock to {seconds} since 1970 UTC, when it is so far behind that TLS with the cloud fails
  machine              `linux`, or `simulated:SEED` for demonstrations
  boot_id_file         where the boot is told from others
  run_dir              where status, lock and the agent's own log go (in RAM)
  log_level            debug, info, warning or error
  keepalive_s, connect_timeout_s, fallback_after_s, primary_retry_s, backoff_first_s, backoff_most_s, revoked_retry_s
                       the link: see spotfi_agent.link.route
  ring_bytes           RAM for samples while the link is down
  journal_bytes        flash for results the cloud has not confirmed
  reboot_timeout_s     after which a reboot that did not happen has failed
  upgrade_timeout_s    for a new version of the agent to reach the cloud; then the old one is put back

The allow_… lists are words with spaces between them (in UCI also `list allow_files '…'`); they are the router owner's, and
nothing the cloud sends can widen them; the word `none` closes one.
Commands are split into words like a shell does and run without one; a placeholder's value always stays in its word.
"""

import subprocess
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from spotfi_agent.exits import USAGE
from spotfi_agent.failure import Failure
from spotfi_agent.places import Places, is_openwrt


@dataclass(frozen=True, slots=True)
class Config:
    """Every option with its default."""

    interval_s: float = 30
    reboot_command: str = "reboot"
    log_command: str = ""
    log_follow_command: str = ""
    kick_command: str = ""
    clock_command: str = "date -u -s @{seconds}"
    allow_services: str = "network firewall dnsmasq odhcpd uhttpd dropbear sysntpd uspot chilli opennds"
    allow_ubus: str = (
        "system:board system:info network.interface.*:status network.interface:dump network.device:status "
        "network.wireless:status iwinfo:devices iwinfo:info iwinfo:assoclist hostapd.*:get_clients hostapd.*:get_status "
        "dhcp:ipv4leases dhcp:ipv6leases service:list"
    )
    allow_uci: str = "system network wireless dhcp firewall"
    allow_files: str = (
        "/etc/openwrt_release /etc/os-release /tmp/dhcp.leases /tmp/resolv.conf.d/resolv.conf.auto "
        "/proc/meminfo /proc/loadavg /proc/uptime /proc/mounts /proc/net/dev /proc/net/arp"
    )
    allow_shell: bool = False
    allow_terminal: bool = False
    terminal_idle_s: float = 900
    terminal_longest_s: float = 14_400
    terminal_grace_s: float = 30
    machine: str = "linux"
    boot_id_file: str = "/proc/sys/kernel/random/boot_id"
    run_dir: str = ""
    log_level: str = "info"
    keepalive_s: float = 20
    connect_timeout_s: float = 8
    fallback_after_s: float = 20
    primary_retry_s: float = 60
    backoff_first_s: float = 2
    backoff_most_s: float = 120
    revoked_retry_s: float = 300
    ring_bytes: int = 524_288
    journal_bytes: int = 262_144
    reboot_timeout_s: float = 120
    upgrade_timeout_s: float = 300


def load_config(places: Places) -> tuple[Config, list[str]]:
    """The configuration, and the names of options it has no use for. Failure when a value does not fit."""
    options = _read_options(places)
    known = {field.name: field for field in fields(Config)}
    values = {name: _convert(name, known[name].type, text) for name, text in options.items() if name in known}
    return Config(**values), sorted(set(options) - set(known))


def _read_options(places: Places) -> dict[str, str]:
    if places.config.exists():
        return _read_ini(places.config)
    return _read_uci() if is_openwrt() else {}


def _read_ini(path: Path) -> dict[str, str]:
    import configparser  # noqa: PLC0415 - not loaded on OpenWrt

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text())
    except (configparser.Error, UnicodeDecodeError, OSError) as error:
        msg = f"Cannot read {path}: {error}"
        raise Failure(msg, USAGE) from error
    return dict(parser["agent"]) if parser.has_section("agent") else {}


def _read_uci() -> dict[str, str]:
    command = ["uci", "-q", "show", "spotfi.agent"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired) as error:
        msg = f"Cannot read the UCI configuration: {error}"
        raise Failure(msg, USAGE) from error
    return parse_uci(done.stdout)


def parse_uci(shown: str) -> dict[str, str]:
    """Options out of what `uci show spotfi.agent` prints (`spotfi.agent.NAME='value'`)."""
    import shlex  # noqa: PLC0415 - used once at start

    options = {}
    for line in shown.splitlines():
        key, separator, quoted = line.partition("=")
        _, _, name = key.partition("spotfi.agent.")
        if separator and name:
            options[name] = " ".join(shlex.split(quoted))
    return options


def _convert(name: str, kind: object, text: str) -> Any:
    text = text.strip()
    if kind is str:
        return text
    if kind is bool:
        return _convert_flag(name, text)
    try:
        number = int(text) if kind is int else float(text)
    except ValueError:
        number = -1
    if not 0 < number < float("inf"):
        msg = f"The option {name} must be a number above 0, not '{text}'."
        raise Failure(msg, USAGE)
    return number


def _convert_flag(name: str, text: str) -> bool:
    if text.lower() not in _FLAGS:
        msg = f"The option {name} must be 0 or 1, not '{text}'."
        raise Failure(msg, USAGE)
    return _FLAGS[text.lower()]


_FLAGS = {"0": False, "no": False, "off": False, "false": False, "1": True, "yes": True, "on": True, "true": True}
