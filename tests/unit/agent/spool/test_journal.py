"""The journal: what was synced is there after any power cut, and leaves only on the cloud's word."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotfi_agent.spool import flash_file
from spotfi_agent.spool.journal import Entry, Journal
from spotfi_protocol.topics import Up

BOOT, OLDER_BOOT = UUID(int=1), UUID(int=2)
MOST_BYTES = 100_000


def entry(seq: int, payload: bytes = b"payload", boot_id: UUID = BOOT) -> Entry:
    return Entry(boot_id, seq, Up.RESULT, payload)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def test_entries_come_back_in_order_after_a_restart(path: Path) -> None:
    journal = Journal(path, MOST_BYTES)
    entries = [entry(3), entry(1, boot_id=OLDER_BOOT), entry(2, b"")]
    for each in entries:
        journal.append(each)
    assert journal.sync()
    assert Journal(path, MOST_BYTES).pending() == entries


def test_an_entry_leaves_only_on_its_own_boot_and_number(path: Path) -> None:
    journal = Journal(path, MOST_BYTES)
    journal.append(entry(1))
    journal.append(entry(1, boot_id=OLDER_BOOT))
    assert journal.release(BOOT, 1)
    assert not journal.release(BOOT, 1)
    assert not journal.release(BOOT, 7)
    journal.sync()
    assert Journal(path, MOST_BYTES).pending() == [entry(1, boot_id=OLDER_BOOT)]


def test_an_unsynced_entry_may_go_with_the_power(path: Path) -> None:
    Journal(path, MOST_BYTES).append(entry(1))
    assert Journal(path, MOST_BYTES).pending() == []


def test_released_entries_do_not_fill_the_flash(path: Path) -> None:
    journal = Journal(path, MOST_BYTES)
    kept = entry(0)
    journal.append(kept)
    for seq in range(1, 2000):
        journal.append(entry(seq, b"x" * 100))
        journal.release(BOOT, seq)
        journal.sync()
        assert path.stat().st_size < 40 * 1024
    assert Journal(path, MOST_BYTES).pending() == [kept]


def test_room_is_what_waits_not_what_has_been(path: Path) -> None:
    journal = Journal(path, 1000)
    journal.append(entry(1, b"x" * 900))
    assert not journal.has_room(200)
    journal.release(BOOT, 1)
    assert journal.has_room(1000)


def test_a_disk_that_refuses_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(path, MOST_BYTES)
    journal.append(entry(1))
    assert journal.sync()

    def write_half(descriptor: int, data: bytes | bytearray) -> None:
        os.write(descriptor, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(flash_file, "_write_all", write_half)
        journal.append(entry(2))
        assert not journal.sync()
    assert Journal(path, MOST_BYTES).pending() == [entry(1)]
    assert journal.pending() == [entry(1), entry(2)]
    journal.append(entry(3))
    assert journal.sync()
    assert Journal(path, MOST_BYTES).pending() == [entry(1), entry(2), entry(3)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=30), min_size=1, max_size=5), st.data())
def test_a_cut_or_a_flip_anywhere_costs_one_entry_at_most(payloads: list[bytes], data: st.DataObject) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "journal"
        journal = Journal(path, MOST_BYTES)
        entries = [entry(seq, payload) for seq, payload in enumerate(payloads)]
        for each in entries:
            journal.append(each)
        journal.sync()
        written = bytearray(path.read_bytes())
        at = data.draw(st.integers(0, len(written) - 1))
        if data.draw(st.booleans()):
            written[at] ^= data.draw(st.integers(1, 255))
            most_lost = 1
        else:
            del written[at:]
            most_lost = len(entries)
        path.write_bytes(written)
        again = Journal(path, MOST_BYTES)
        left = again.pending()
        assert len(left) >= len(entries) - most_lost
        assert left == [each for each in entries if each in left]
        later = entry(99, b"later")
        again.append(later)
        again.sync()
        assert Journal(path, MOST_BYTES).pending() == [*left, later]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["append", "release", "sync", "restart"]), st.integers(0, 8)), max_size=30))
def test_it_keeps_what_a_plain_dictionary_would(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "journal"
        journal, model = Journal(path, MOST_BYTES), dict[int, Entry]()
        for step, seq in steps:
            if step == "append" and seq not in model:
                model[seq] = entry(seq, bytes([seq]))
                journal.append(model[seq])
            elif step == "release":
                assert journal.release(BOOT, seq) is (model.pop(seq, None) is not None)
            elif step == "restart":
                journal.sync()
                journal = Journal(path, MOST_BYTES)
            assert journal.pending() == list(model.values())
