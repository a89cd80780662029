"""The kinds of command there are, and the arguments of each. Pure.

The router checks them again, and its own configuration decides what of it is permitted there.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spotfi_cloud.kernel.errors import RejectedError

_MAX_LOG_LINES = 1_000_000
_MAX_ATTRIBUTE = 253
"""Longest text attribute of RADIUS (RFC 2865 §5)."""
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(?:\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}")


@dataclass(frozen=True, slots=True)
class Argument:
    """What fits, and how that is said to people (after "'name' must be")."""

    fits: Callable[[Any], bool]
    expected: str
    required: bool = False


def _text(most: int, *, required: bool = False) -> Argument:
    def fits(value: Any) -> bool:
        return isinstance(value, str) and len(value) <= most and "\0" not in value

    return Argument(fits, f"a text of at most {most} characters", required)


def _whole(least: int, most: int) -> Argument:
    return Argument(
        lambda value: type(value) is int and least <= value <= most, f"a whole number from {least} to {most}"
    )


def _is_host(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if _HOST_NAME.fullmatch(value):
        return True
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


_HOST = Argument(_is_host, "a host name or an IP address", required=True)
_OPTIONAL_HOST = Argument(_is_host, "a host name or an IP address")
_PLAIN_NAME = Argument(
    lambda value: isinstance(value, str) and _NAME.fullmatch(value) is not None,
    "a name of letters, digits, '.', '_', '@' and '-'",
    required=True,
)
_VERSION = re.compile(r"[0-9]+(?:\.[0-9A-Za-z]+){1,5}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ACTIONS = ("start", "stop", "restart", "reload", "status")
_PATH = Argument(
    lambda value: isinstance(value, str) and value.startswith("/") and len(value) <= 4096 and "\0" not in value,
    "an absolute path",
    required=True,
)

KINDS: Mapping[str, Mapping[str, Argument]] = {
    "logs": {"lines": _whole(1, _MAX_LOG_LINES), "follow_s": _whole(1, 3600), "filter": _text(200)},
    "reboot": {},
    "kick": {
        name: _text(_MAX_ATTRIBUTE) for name in ("username", "calling_station_id", "acct_session_id", "framed_ip")
    },
    "ping": {"target": _HOST, "count": _whole(1, 100)},
    "traceroute": {"target": _HOST, "hops": _whole(1, 30)},
    "dns": {"name": _HOST, "server": _OPTIONAL_HOST},
    "interface_bounce": {"interface": _PLAIN_NAME},
    "wifi_scan": {"interface": _PLAIN_NAME},
    "wifi_reload": {},
    "speed_test": {"megabytes": _whole(1, 100)},
    "service": {
        "name": _PLAIN_NAME,
        "action": Argument(lambda value: value in _ACTIONS, f"one of {', '.join(_ACTIONS)}", required=True),
    },
    "ubus_read": {
        "object": _PLAIN_NAME,
        "method": _PLAIN_NAME,
        "params": Argument(lambda value: isinstance(value, dict), "an object"),
    },
    "uci_read": {"config": _PLAIN_NAME},
    "file_read": {"path": _PATH},
    "rotate_key": {},
    "agent_upgrade": {
        "version": Argument(
            lambda value: isinstance(value, str) and len(value) <= 32 and _VERSION.fullmatch(value) is not None,
            "a version of the agent, such as 0.2.0",
            required=True,
        ),
        "sha256": Argument(
            lambda value: isinstance(value, str) and _SHA256.fullmatch(value) is not None,
            "the package's SHA-256 in 64 hexadecimal digits",
        ),
    },
    "shell": {"command": _text(4096, required=True)},
}
"""Every kind with its arguments."""


def check_args(kind: str, args: Mapping[str, Any]) -> None:
    """RejectedError naming the field where the kind of command is unknown or its arguments do not fit."""
    known = KINDS.get(kind)
    if known is None:
        msg = f"There is no command '{kind[:64]}'. Known are {', '.join(KINDS)}."
        raise RejectedError(msg, field="kind")
    for name in args.keys() - known.keys():
        msg = f"The command '{kind}' takes no argument '{name[:64]}'."
        raise RejectedError(msg, field=f"args.{name[:64]}")
    for name, argument in known.items():
        is_given = name in args
        if (argument.required and not is_given) or (is_given and not argument.fits(args[name])):
            msg = f"'{name}' must be {argument.expected}{'' if argument.required else '; or leave it out'}."
            raise RejectedError(msg, field=f"args.{name}")
    if kind == "kick" and not any(args.values()):
        msg = f"Say whom to disconnect: one of {', '.join(known)}."
        raise RejectedError(msg, field="args")
