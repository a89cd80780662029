"""An upgrade on flash: whole or not there, decided once, and gone when it has been told of."""

import os
from pathlib import Path

import pytest

from spotfi_agent import __version__, trial
from spotfi_agent.trial import Plan, Trial

PLAN = Plan("a-command", __version__, "opkg", "agent.ipk", 300)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package, which is the running agent's."""
    library = tmp_path / "root/usr/lib/spotfi"
    (library / "spotfi_agent").mkdir(parents=True)
    (library / "spotfi_agent" / "trial.py").write_text("old\n")
    (library / "upgrade-guard").write_text("#!/bin/sh\n")
    monkeypatch.setattr(trial, "_LIBRARY", library)
    return tmp_path / "root"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "upgrade"


def test_it_is_laid_out_whole(root: Path, folder: Path) -> None:
    assert trial.find_root() == root
    upgrade = Trial(folder)
    assert upgrade.progress() is None
    upgrade.prepare(PLAN, b"package", root)
    progress = upgrade.progress()
    assert progress is not None
    assert (progress.command_id, progress.before, progress.phase, progress.verdict) == (
        "a-command",
        __version__,
        "prepared",
        "",
    )
    assert (folder / "agent.ipk").read_bytes() == b"package"
    assert (folder / "old/usr/lib/spotfi/spotfi_agent/trial.py").read_text() == "old\n"
    assert os.access(folder / "guard", os.X_OK)
    assert not upgrade.is_guarded()


def test_without_room_nothing_is_laid_out(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_SPARE_BYTES", 1 << 60)
    with pytest.raises(OSError, match="KiB of flash are free"):
        Trial(folder).prepare(PLAN, b"package", root)
    assert [path.name for path in folder.parent.iterdir()] == ["root"]


def test_the_version_that_is_tried_is_confirmed_once_and_only_then(root: Path, folder: Path) -> None:
    upgrade = Trial(folder)
    upgrade.prepare(PLAN, b"package", root)
    upgrade.confirm()
    assert not (folder / "verdict").is_symlink()
    (folder / "phase").write_text("trying\n")
    upgrade.confirm()
    upgrade.confirm()
    progress = upgrade.progress()
    assert progress is not None
    assert progress.verdict == "new"
    upgrade.clear()
    assert upgrade.progress() is None
    assert [path.name for path in folder.parent.iterdir()] == ["root"]


def test_what_was_decided_for_the_old_version_stays_so(root: Path, folder: Path) -> None:
    upgrade = Trial(folder)
    upgrade.prepare(PLAN, b"package", root)
    (folder / "phase").write_text("trying\n")
    (folder / "verdict").symlink_to("old")
    upgrade.confirm()
    progress = upgrade.progress()
    assert progress is not None
    assert progress.verdict == "old"


def test_leftovers_go_and_an_open_upgrade_stays(root: Path, folder: Path) -> None:
    upgrade = Trial(folder)
    upgrade.prepare(PLAN, b"package", root)
    (folder.parent / "upgrade.new").mkdir()
    upgrade.clear_leftovers()
    assert upgrade.progress() is not None
    assert not (folder.parent / "upgrade.new").exists()
    (folder / "phase").write_text("restored\n")
    upgrade.clear_leftovers()
    assert upgrade.progress() is None
