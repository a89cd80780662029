"""What a process remembers of sessions between batches: a hint that must never outlive its truth."""

from datetime import UTC, datetime
from uuid import UUID

from spotfi_cloud.sessions.memory import KnownSession, Place, SessionKey, SessionMemory
from spotfi_cloud.sessions.rules import SessionState

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


def key(number: int) -> SessionKey:
    return (1, f"s{number}", "ada")


def session(version: str, *, ended: bool = False) -> KnownSession:
    state = SessionState(started_at=NOW, updated_at=NOW, ended_at=NOW if ended else None)
    return KnownSession(UUID(int=1), None, state, Place(), version)


def test_what_was_committed_last_is_what_is_known() -> None:
    memory = SessionMemory()
    memory.keep({key(1): session("7")})
    memory.keep({key(1): session("8")})
    known = memory.find(key(1))
    assert known is not None
    assert known.version == "8"


def test_a_session_that_ended_is_forgotten_with_every_doubt() -> None:
    memory = SessionMemory()
    memory.keep({key(1): session("7")})
    memory.doubt([key(2)])
    memory.keep({key(1): session("8", ended=True), key(2): session("8", ended=True)})
    assert memory.find(key(1)) is None
    assert not memory.is_doubtful(key(2))
    assert len(memory) == 0


def test_a_session_that_others_write_too_is_read_each_time() -> None:
    memory = SessionMemory()
    memory.keep({key(1): session("7")})
    memory.doubt([key(1)])
    assert memory.find(key(1)) is None
    memory.keep({key(1): session("9")})
    assert memory.find(key(1)) is None
    assert memory.is_doubtful(key(1))


def test_it_holds_no_more_than_it_may() -> None:
    memory = SessionMemory(most=10)
    for number in range(100):
        memory.keep({key(number): session("7")})
        memory.doubt([key(1000 + number)])
    assert len(memory) == 10
    assert memory.find(key(99)) is not None
    assert memory.is_doubtful(key(1099))
    assert not memory.is_doubtful(key(1000))
