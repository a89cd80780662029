"""Enrolment is asked for over TLS or from this machine, and cannot be guessed in a flood."""

import pytest

from spotfi_cloud.routers.guessing import GuessGuard, TooManyGuessesError
from spotfi_cloud.routers.private_channel import PlainChannelError, is_private, require_private


@pytest.mark.parametrize(
    ("scheme", "host", "private"),
    [
        ("https", "203.0.113.9", True),
        ("wss", None, True),
        ("http", "127.0.0.1", True),
        ("http", "127.8.8.8", True),
        ("ws", "::1", True),
        ("http", "::ffff:127.0.0.1", True),
        ("http", "203.0.113.9", False),
        ("ws", "192.168.1.1", False),
        ("http", "localhost.evil.test", False),
        ("http", None, False),
    ],
)
def test_what_counts_as_private(scheme: str, host: str | None, private: bool) -> None:
    assert is_private(scheme, host) is private


def test_a_plain_channel_is_refused_with_its_own_code() -> None:
    with pytest.raises(PlainChannelError) as caught:
        require_private("http", "203.0.113.9")
    assert caught.value.code == "tls_required"


def test_twenty_failures_close_the_door_for_that_address_only() -> None:
    guard = GuessGuard()
    for _ in range(20):
        guard.check("203.0.113.9", 100.0)
        guard.note_failure("203.0.113.9", 100.0)
    with pytest.raises(TooManyGuessesError):
        guard.check("203.0.113.9", 100.0)
    guard.check("203.0.113.10", 100.0)
    guard.check("203.0.113.9", 106.0)


def test_the_guard_remembers_a_bounded_number_of_addresses() -> None:
    guard = GuessGuard()
    for number in range(10_000):
        guard.note_failure(str(number), 0.0)
    assert len(guard._buckets) <= 4096
