"""What goes into the package."""

from pathlib import Path

import pytest

from spotfi_package.errors import BuildError
from spotfi_package.tree import FILE_MODES, Entry, package_tree, with_directories


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout with what a working copy gathers."""
    sources = {
        "agent/spotfi_agent/__init__.py": "",
        "agent/spotfi_agent/collectors/simulated.py": "",
        "agent/spotfi_agent/collectors/memory.py": "",
        "agent/spotfi_agent/__pycache__/x.cpython-311.pyc": "",
        "agent/spotfi_protocol/.hidden": "",
        "agent/spotfi_protocol/dictionary.bin": "data",
    }
    system = {f"openwrt-package/spotfi-agent/files/{path}": path for path in FILE_MODES}
    for path, text in (sources | system).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_sources_go_without_caches_hidden_files_and_the_simulated_machine(checkout: Path) -> None:
    files = {entry.path for entry in package_tree(checkout) if not entry.is_directory}
    assert files - FILE_MODES.keys() == {
        "usr/lib/spotfi/spotfi_agent/__init__.py",
        "usr/lib/spotfi/spotfi_agent/collectors/memory.py",
        "usr/lib/spotfi/spotfi_protocol/dictionary.bin",
    }


def test_modes_do_not_depend_on_the_checkouts(checkout: Path) -> None:
    (checkout / "openwrt-package/spotfi-agent/files/etc/config/spotfi").chmod(0o666)
    modes = {entry.path: entry.mode for entry in package_tree(checkout)}
    assert modes["etc/config/spotfi"] == 0o600
    assert modes["etc/spotfi"] == 0o700


def test_a_file_without_a_mode_stops_the_build(checkout: Path) -> None:
    (checkout / "openwrt-package/spotfi-agent/files/etc/surprise").write_text("")
    with pytest.raises(BuildError, match="differ in: etc/surprise"):
        package_tree(checkout)


def test_a_missing_file_stops_the_build(checkout: Path) -> None:
    (checkout / "openwrt-package/spotfi-agent/files/etc/init.d/spotfi-agent").unlink()
    with pytest.raises(BuildError, match=r"differ in: etc/init\.d/spotfi-agent"):
        package_tree(checkout)


def test_directories_are_added_once_and_before_their_files() -> None:
    tree = with_directories([Entry("a/b/two", 0o644, b""), Entry("a/b/one", 0o644, b"")])
    assert [entry.path for entry in tree if not entry.path.startswith("etc")] == ["a", "a/b", "a/b/one", "a/b/two"]
