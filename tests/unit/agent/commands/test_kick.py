"""`kick`: values from the network stay values."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_agent.commands.kick import KickHandler, fill_in
from spotfi_agent.commands.order import Order, Outcome
from spotfi_agent.commands.window import Window
from spotfi_protocol.messages import Command, ResultState

GUEST = {"username": "ada", "calling_station_id": "AA-BB", "acct_session_id": "s1", "framed_ip": "10.0.0.5"}


def kick(kick_command: str, args: dict[str, Any]) -> Outcome:
    order = Order(Command(UUID(int=1), "kick", args, 0, 60), 0)
    outcome = KickHandler(kick_command).run(order, Window(UUID(int=1), lambda *_: None))
    assert outcome is not None
    return outcome


def test_the_values_reach_the_command_as_words_and_as_environment(tmp_path: Path) -> None:
    script = tmp_path / "kick.py"
    script.write_text("import os, sys\nprint(sys.argv[1:], os.environ['SPOTFI_USERNAME'])")
    outcome = kick(f"{sys.executable} {script} logout {{calling_station_id}} ip={{framed_ip}}", GUEST)
    assert outcome.state is ResultState.SUCCEEDED
    assert outcome.detail["output"] == "['logout', 'AA-BB', 'ip=10.0.0.5'] ada"


@pytest.mark.parametrize("value", ["a b", "$(reboot)", "`id`", "'; reboot #", "{framed_ip}", '"', "*"])
def test_a_value_is_never_code(value: str) -> None:
    outcome = kick("echo {username}", {**GUEST, "username": value})
    assert outcome.detail["output"] == value


@given(st.dictionaries(st.sampled_from(sorted(GUEST)), st.text(min_size=1, max_size=20), min_size=4))
def test_a_word_stays_one_word_and_is_filled_once(values: dict[str, str]) -> None:
    assert fill_in("x={username}/{framed_ip}", values) == f"x={values['username']}/{values['framed_ip']}"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({}, "needs 'username'"),
        ({"username": 5}, "printable text"),
        ({"username": "a\nb"}, "printable text"),
        ({"username": "x" * 254}, "printable text"),
        ({"username": "-rf"}, "begins with a dash"),
    ],
)
def test_values_that_cannot_be_handed_over_are_refused_in_words(args: dict[str, Any], said: str) -> None:
    outcome = kick("echo {username}", args)
    assert outcome.state is ResultState.FAILED
    assert said in outcome.detail["message"]


def test_without_a_command_it_says_what_is_missing() -> None:
    assert "kick_command" in kick("", GUEST).detail["message"]


def test_a_command_that_fails_is_reported_with_what_it_said() -> None:
    outcome = kick("sh -c 'echo no such session >&2; exit 4'", GUEST)
    assert outcome.state is ResultState.FAILED
    assert outcome.detail == {
        "message": "The kick command ended with exit status 4.",
        "exit_status": 4,
        "output": "no such session",
    }
