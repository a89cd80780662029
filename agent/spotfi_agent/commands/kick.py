"""`kick`: ends a guest's session by the command the router's owner configured.

Arguments: username, calling_station_id, acct_session_id, framed_ip. They come from the network, so each stays within its
word, and a word that begins with one must not turn into an option. The command also finds them in its environment, as
SPOTFI_USERNAME and so on.
"""

import os
import re
from typing import Any

from spotfi_agent.commands import program
from spotfi_agent.commands.order import Order, Outcome, Output, failed, succeeded

_NAMES = ("username", "calling_station_id", "acct_session_id", "framed_ip")
_PLACEHOLDER = re.compile("{(" + "|".join(_NAMES) + ")}")
_MOST_CHARACTERS = 253
"""As much as a RADIUS attribute holds."""
_TIMEOUT_S = 30.0


class KickHandler:
    """Runs `kick_command`."""

    kind = "kick"
    lane = "kick"
    limit_s = 60.0

    def __init__(self, kick_command: str) -> None:
        self._kick_command = kick_command

    def run(self, order: Order, output: Output) -> Outcome | None:
        if not self._kick_command:
            return failed("This router has no kick_command in its configuration, so it cannot end sessions.")
        try:
            values = read_values(order.command.args)
            words = [fill_in(word, values) for word in program.split_words(self._kick_command)]
        except ValueError as error:
            return failed(str(error))
        return _outcome(program.run(words, timeout_s=_TIMEOUT_S, environment=_environment(values)))


def read_values(args: dict[str, Any]) -> dict[str, str]:
    """The four values, empty where absent. ValueError, in words, for one that cannot be handed to a program."""
    values = {}
    for name in _NAMES:
        value = args.get(name)
        text = "" if value is None else value
        if not isinstance(text, str) or len(text) > _MOST_CHARACTERS or not text.isprintable():
            msg = f"The argument '{name}' must be a printable text of at most {_MOST_CHARACTERS} characters."
            raise ValueError(msg)
        values[name] = text
    return values


def fill_in(word: str, values: dict[str, str]) -> str:
    """A word of the command with its placeholders replaced, once. ValueError when a value is lacking or misleading."""

    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        if not values[name]:
            msg = f"The kick command needs '{name}', which this session does not have."
            raise ValueError(msg)
        return values[name]

    filled = _PLACEHOLDER.sub(value_of, word)
    if filled.startswith("-") and not word.startswith("-"):
        msg = f"The value for {word} begins with a dash and would be taken for an option."
        raise ValueError(msg)
    return filled


def _environment(values: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **{f"SPOTFI_{name.upper()}": text for name, text in values.items()}}


def _outcome(finished: program.Finished) -> Outcome:
    detail = {"exit_status": finished.exit_status, "output": finished.said}
    if finished.exit_status == 0:
        return succeeded("The kick command ran.", **detail)
    if finished.exit_status is None:
        return failed(f"The kick command did not end within {_TIMEOUT_S:g} s.", **detail)
    return failed(f"The kick command ended with exit status {finished.exit_status}.", **detail)
