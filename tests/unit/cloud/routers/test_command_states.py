"""A command goes forward only, whatever arrives in whatever order."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.routers.catalogue import KINDS, check_args
from spotfi_cloud.routers.rules import (
    OPEN_STATES,
    TRANSITIONS,
    CommandEvent,
    CommandState,
    Connection,
    next_state,
    proves_reboot,
)

_ORDER = [CommandState.QUEUED, CommandState.SENT, CommandState.ACCEPTED]
events = st.lists(st.sampled_from(CommandEvent), max_size=30)


def _rank(state: CommandState) -> int:
    return _ORDER.index(state) if state in _ORDER else len(_ORDER)


@given(events)
def test_a_command_never_goes_back_and_ends_at_most_once(happened: list[CommandEvent]) -> None:
    state, endings = CommandState.QUEUED, 0
    for event in happened:
        after = next_state(state, event)
        if after is None:
            continue
        assert _rank(after) > _rank(state)
        endings += not after.is_open
        state = after
    assert endings <= 1


@given(events, st.sampled_from(CommandEvent))
def test_repeating_an_event_changes_nothing(happened: list[CommandEvent], repeated: CommandEvent) -> None:
    state = CommandState.QUEUED
    for event in [*happened, repeated]:
        state = next_state(state, event) or state
    assert next_state(state, repeated) is None


def test_every_state_is_in_the_table_and_final_ones_lead_nowhere() -> None:
    assert TRANSITIONS.keys() == set(CommandState)
    assert {state for state, steps in TRANSITIONS.items() if steps} == OPEN_STATES


def test_an_accepted_command_neither_expires_nor_can_be_cancelled() -> None:
    assert next_state(CommandState.ACCEPTED, CommandEvent.DEADLINE) is None
    assert next_state(CommandState.ACCEPTED, CommandEvent.CANCELLED) is None


def test_an_accepted_command_ends_as_cancelled_when_the_router_says_so() -> None:
    assert next_state(CommandState.ACCEPTED, CommandEvent.STOPPED) is CommandState.CANCELLED


def test_every_kind_is_known_to_the_agent_as_well() -> None:
    """Read from its sources: the two distributions do not import each other."""
    sources = Path(__file__).parents[4] / "agent" / "spotfi_agent" / "commands"
    text = "".join(source.read_text() for source in sources.glob("*.py"))
    assert set(re.findall(r'^(?:    kind|KIND) = "(\w+)"$', text, re.MULTILINE)) == KINDS.keys()


def test_only_another_boot_proves_a_reboot() -> None:
    before, after = uuid4(), uuid4()
    assert proves_reboot(before, after)
    assert not proves_reboot(before, before)
    assert not proves_reboot(None, after)


@pytest.mark.parametrize(
    ("kind", "args"),
    [("logs", {}), ("logs", {"lines": 200}), ("reboot", {}), ("kick", {"username": "ada", "framed_ip": ""})],
)
def test_commands_that_fit(kind: str, args: dict[str, object]) -> None:
    check_args(kind, args)


@pytest.mark.parametrize(
    ("kind", "args", "field"),
    [
        ("dance", {}, "kind"),
        ("shell", {}, "args.command"),
        ("ping", {}, "args.target"),
        ("ping", {"target": "-f"}, "args.target"),
        ("ping", {"target": "192.0.2.1", "count": 101}, "args.count"),
        ("dns", {"name": "example.org", "server": "a b"}, "args.server"),
        ("service", {"name": "../x", "action": "stop"}, "args.name"),
        ("service", {"name": "dnsmasq", "action": "rm"}, "args.action"),
        ("file_read", {"path": "etc/passwd"}, "args.path"),
        ("ubus_read", {"object": "system", "method": "info", "params": []}, "args.params"),
        ("logs", {"lines": 0}, "args.lines"),
        ("logs", {"lines": True}, "args.lines"),
        ("logs", {"lines": "5"}, "args.lines"),
        ("logs", {"line": 5}, "args.line"),
        ("reboot", {"force": True}, "args.force"),
        ("kick", {}, "args"),
        ("kick", {"username": None}, "args.username"),
        ("kick", {"username": "a\0b"}, "args.username"),
        ("kick", {"username": "x" * 254}, "args.username"),
    ],
)
def test_a_command_that_does_not_fit_is_refused_by_field(kind: str, args: dict[str, object], field: str) -> None:
    with pytest.raises(RejectedError) as caught:
        check_args(kind, args)
    assert caught.value.field == field


def test_the_will_of_an_older_connection_does_not_end_a_newer_one() -> None:
    boot = uuid4()
    known = Connection(boot, 3)
    assert not Connection(boot, 2).ends(known)
    assert Connection(boot, 3).ends(known)
    assert Connection(boot, 4).ends(known)
    assert not Connection(uuid4(), 9).ends(known)
