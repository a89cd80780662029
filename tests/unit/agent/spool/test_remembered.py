"""Remembered commands: what was begun is known for good, however the file was left."""

from pathlib import Path
from uuid import UUID, uuid4

from spotfi_agent.spool.remembered import Begun, Remembered

BOOT = UUID(int=1)


def begun(command_id: UUID) -> Begun:
    return Begun(command_id, "reboot", BOOT, 1234)


def test_begun_and_finished_are_known_after_a_restart(tmp_path: Path) -> None:
    path, first, second = tmp_path / "remembered", uuid4(), uuid4()
    remembered = Remembered(path)
    assert not remembered.knows(first)
    remembered.begin(begun(first))
    remembered.begin(begun(second))
    remembered.finish(second)
    assert remembered.sync()
    again = Remembered(path)
    assert again.knows(first)
    assert again.knows(second)
    assert again.unfinished() == [begun(first)]


def test_the_file_and_the_memory_stay_small_and_the_latest_are_kept(tmp_path: Path) -> None:
    path, ids = tmp_path / "remembered", [UUID(int=n + 1) for n in range(3000)]
    remembered = Remembered(path)
    open_one = uuid4()
    remembered.begin(begun(open_one))
    for command_id in ids:
        remembered.begin(begun(command_id))
        remembered.finish(command_id)
        remembered.sync()
    assert path.stat().st_size < 140 * 1024
    again = Remembered(path)
    assert all(again.knows(command_id) for command_id in ids[-500:])
    assert not again.knows(ids[0])
    assert again.unfinished() == [begun(open_one)]


def test_a_torn_tail_costs_nothing_that_was_synced(tmp_path: Path) -> None:
    path, first = tmp_path / "remembered", uuid4()
    remembered = Remembered(path)
    remembered.begin(begun(first))
    remembered.sync()
    whole = path.read_bytes()
    for tail in range(1, len(whole)):
        path.write_bytes(whole + whole[:tail])
        assert Remembered(path).unfinished() == [begun(first)]
        assert path.read_bytes() == whole
