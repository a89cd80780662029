"""What the router's own configuration lets the cloud do: `service`, `ubus_read`, `uci_read`, `file_read`, `shell`.

The lists are the router owner's; the cloud cannot widen them. Values that look like secrets leave the router as `***`.
"""

import fnmatch
import json
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

from spotfi_agent.commands import arguments, program
from spotfi_agent.commands.order import Order, Outcome, Output, failed, succeeded
from spotfi_agent.commands.streaming import Stream, stream_program

_ACTIONS = ("start", "stop", "restart", "reload", "status")
_INIT_SCRIPTS = Path("/etc/init.d")
_MOST_FILE_BYTES = 4 * 1024 * 1024
_READ_BYTES = 32 * 1024
_MOST_CHARACTERS = 4096
_SECRET = re.compile(
    rb"^([^=\n]*\.(?:[a-z0-9_]*(?:passw|passphrase|secret|psk|token|private)[a-z0-9_]*|key\d?|sae_password|wpakey|pin))=.*$",
    re.MULTILINE | re.IGNORECASE,
)


class ServiceHandler:
    """`name`, `action` (start, stop, restart, reload, status) of a script in /etc/init.d."""

    kind = "service"
    lane = "services"
    limit_s = 120.0

    def __init__(self, permitted: Sequence[str], scripts: Path = _INIT_SCRIPTS) -> None:
        self._permitted = permitted
        self._scripts = scripts

    def run(self, order: Order, output: Output) -> Outcome | None:
        name = arguments.plain_name(order.command.args, "name")
        action = arguments.one_of(order.command.args, "action", _ACTIONS)
        if name not in self._permitted:
            return failed(_not_permitted(f"the service {name}", "allow_services", self._permitted))
        script = self._scripts / name
        if not script.exists():
            return failed(f"This router has no service {name}.")
        return stream_program((str(script), action), output, f"{name}: {action} done.")


class UbusReadHandler:
    """`object`, `method`, `params` (an object) of a ubus call."""

    kind = "ubus_read"
    lane = "reads"
    limit_s = 60.0

    def __init__(self, permitted: Sequence[str]) -> None:
        self._permitted = permitted

    def run(self, order: Order, output: Output) -> Outcome | None:
        args = order.command.args
        name, method = arguments.plain_name(args, "object"), arguments.plain_name(args, "method")
        params = args.get("params", {})
        if not isinstance(params, dict):
            return failed("The argument 'params' must be an object.")
        if not any(fnmatch.fnmatchcase(f"{name}:{method}", each) for each in self._permitted):
            return failed(_not_permitted(f"{name}:{method}", "allow_ubus", self._permitted))
        words = (program.find("ubus"), "-S", "call", name, method, json.dumps(params))
        return stream_program(words, output, f"{name} {method} answered.")


class UciReadHandler:
    """`config`: the name of a file in /etc/config."""

    kind = "uci_read"
    lane = "reads"
    limit_s = 60.0

    def __init__(self, permitted: Sequence[str]) -> None:
        self._permitted = permitted

    def run(self, order: Order, output: Output) -> Outcome | None:
        name = arguments.plain_name(order.command.args, "config")
        if name not in self._permitted:
            return failed(_not_permitted(f"the configuration {name}", "allow_uci", self._permitted))
        finished = program.run(
            (program.find("uci"), "-q", "show", name), timeout_s=self.limit_s, keep_bytes=_MOST_FILE_BYTES
        )
        if finished.exit_status != 0:
            return failed(f"There is no configuration {name}.")
        stream = Stream(output)
        stream.say(masked(finished.said.encode()))
        return succeeded(f"The configuration {name}, secrets masked.", **stream.facts())


class FileReadHandler:
    """`path` of a regular file."""

    kind = "file_read"
    lane = "reads"
    limit_s = 600.0

    def __init__(self, permitted: Sequence[str]) -> None:
        self._permitted = permitted

    def run(self, order: Order, output: Output) -> Outcome | None:
        path = arguments.text(order.command.args, "path", _MOST_CHARACTERS)
        real = permitted_path(path, self._permitted)
        if real is None:
            return failed(_not_permitted(path, "allow_files", self._permitted))
        try:
            descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError as error:
            return failed(f"Cannot read {path}: {error.strerror}.")
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return failed(f"{path} is no regular file.")
            return _send_file(path, file.read(_MOST_FILE_BYTES), output)


def _send_file(path: str, content: bytes, output: Output) -> Outcome:
    stream = Stream(output)
    for begin in range(0, len(content), _READ_BYTES):
        stream.say(content[begin : begin + _READ_BYTES])
    cut = " (the beginning of it)" if len(content) == _MOST_FILE_BYTES else ""
    return succeeded(f"{len(content)} bytes of {path}{cut}.", **stream.facts())


class ShellHandler:
    """`command`: a line for /bin/sh, only where the router's own configuration has `allow_shell 1`."""

    kind = "shell"
    lane = "shell"
    limit_s = 3600.0

    def __init__(self, *, permitted: bool) -> None:
        self._permitted = permitted

    def run(self, order: Order, output: Output) -> Outcome | None:
        command = arguments.text(order.command.args, "command", _MOST_CHARACTERS)
        if not self._permitted:
            return failed("This router's own configuration does not allow a shell (option allow_shell).")
        return stream_program(("/bin/sh", "-c", command), output, "The command has ended.")


def permitted_path(path: str, patterns: Sequence[str]) -> Path | None:
    """Where the path really leads, if a pattern allows that; else None. Only a pattern's last part may have wildcards."""
    if not path.startswith("/"):
        return None
    try:
        real = Path(path).resolve()
    except (OSError, RuntimeError):  # a loop of links
        return None
    for pattern in map(Path, patterns):
        if real.parent == pattern.parent.resolve() and fnmatch.fnmatchcase(real.name, pattern.name):
            return real
    return None


def masked(shown: bytes) -> bytes:
    """What `uci show` prints, the values of keys and passwords replaced."""
    return _SECRET.sub(rb"\1='***'", shown)


def _not_permitted(what: str, option: str, permitted: Sequence[str]) -> str:
    known = ", ".join(permitted) or "nothing"
    return f"This router's own configuration does not allow {what} (option {option} allows: {known})."
