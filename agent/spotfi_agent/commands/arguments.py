"""Arguments of commands, checked again here whatever the cloud has let through: they end up as words of programs.

Host names and addresses, interface and service names can neither be options (no leading dash) nor paths.
"""

import ipaddress
import re
from typing import Any

_HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*\.?"
)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}")
_MOST_ADDRESS_CHARACTERS = 64


class ArgumentError(Exception):
    """An argument does not fit; the text is a sentence that names it."""


def host(args: dict[str, Any], name: str) -> str:
    """A host name or an IP address. ArgumentError for anything else."""
    value = args.get(name)
    if isinstance(value, str) and (_HOST_NAME.fullmatch(value) or _is_address(value)):
        return value
    msg = f"The argument '{name}' must be a host name or an IP address."
    raise ArgumentError(msg)


def optional_host(args: dict[str, Any], name: str) -> str | None:
    return None if args.get(name) is None else host(args, name)


def plain_name(args: dict[str, Any], name: str) -> str:
    """The name of an interface, a service, a ubus object or method. ArgumentError for anything else."""
    value = args.get(name)
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    msg = f"The argument '{name}' must be a name of letters, digits, '.', '_', '@' and '-'."
    raise ArgumentError(msg)


def whole(args: dict[str, Any], name: str, default: int, least: int, most: int) -> int:
    """A whole number within these bounds. ArgumentError for anything else."""
    value = args.get(name)
    if value is None:
        return default
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    msg = f"The argument '{name}' must be a whole number from {least} to {most}."
    raise ArgumentError(msg)


def text(args: dict[str, Any], name: str, most: int, *, default: str | None = None) -> str:
    """A text without NUL of at most so many characters. ArgumentError for anything else."""
    value = args.get(name, default)
    if isinstance(value, str) and len(value) <= most and "\0" not in value:
        return value
    msg = f"The argument '{name}' must be a text of at most {most} characters."
    raise ArgumentError(msg)


def one_of(args: dict[str, Any], name: str, choices: tuple[str, ...]) -> str:
    value = args.get(name)
    if value in choices:
        return str(value)
    msg = f"The argument '{name}' must be one of {', '.join(choices)}."
    raise ArgumentError(msg)


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value.partition("%")[0])
    except ValueError:
        return False
    _, separator, zone = value.partition("%")
    return len(value) <= _MOST_ADDRESS_CHARACTERS and (not separator or bool(_NAME.fullmatch(zone)))
