"""The package for OpenWrt up to 24.10."""

import tarfile
from dataclasses import replace
from pathlib import Path

from spotfi_package.ipk import build_ipk
from spotfi_package.metadata import Metadata
from spotfi_package.tree import Entry
from tests.unit.openwrt_package.conftest import BUILT_AT
from tests.unit.openwrt_package.readers import read_ipk

SYSTEM_FILES = {
    "etc/config/spotfi": 0o600,
    "etc/hotplug.d/iface/90-spotfi": 0o755,
    "etc/init.d/spotfi-agent": 0o755,
    "etc/uci-defaults/90-spotfi": 0o755,
    "lib/upgrade/keep.d/spotfi-agent": 0o644,
    "usr/bin/spotfi-agent": 0o755,
    "usr/lib/spotfi/enrol-from-file": 0o755,
    "usr/lib/spotfi/upgrade-guard": 0o755,
}


def agent_sources(repository: Path) -> set[str]:
    found = {
        f"usr/lib/spotfi/{path.relative_to(repository / 'agent').as_posix()}"
        for package in ("spotfi_agent", "spotfi_protocol")
        for path in (repository / "agent" / package).rglob("*.py")
    }
    return found - {"usr/lib/spotfi/spotfi_agent/collectors/simulated.py"}


def test_container_has_the_three_members_in_the_official_order(ipk: bytes) -> None:
    package = read_ipk(ipk)
    assert package.names == ["./debian-binary", "./data.tar.gz", "./control.tar.gz"]
    assert package.version == b"2.0\n"


def test_it_holds_the_agents_sources_the_system_files_and_nothing_else(ipk: bytes, repository: Path) -> None:
    files = {member.path for member in read_ipk(ipk).data if not member.is_directory}
    assert files == agent_sources(repository) | SYSTEM_FILES.keys()


def test_modes(ipk: bytes) -> None:
    for member in read_ipk(ipk).data:
        expected = 0o755 if member.is_directory else 0o644
        if member.path == "etc/spotfi":
            expected = 0o700
        assert member.mode == SYSTEM_FILES.get(member.path, expected), member.path


def test_everything_belongs_to_root_and_bears_one_time(ipk: bytes) -> None:
    package = read_ipk(ipk)
    for member in [*package.data, *package.control]:
        assert (member.owner, member.group, member.modified_at) == ("0", "0", BUILT_AT)


def test_every_directory_precedes_what_lies_in_it(ipk: bytes) -> None:
    seen = set()
    for member in read_ipk(ipk).data:
        parent = str(Path(member.path).parent)
        assert member.path == "" or parent == "." or parent in seen, member.path
        seen.add(member.path)


def test_control_file(ipk: bytes) -> None:
    fields = dict(
        line.split(": ", 1) for line in read_ipk(ipk).control_file("control").splitlines() if not line.startswith(" ")
    )
    assert fields["Package"] == "spotfi-agent"
    assert fields["Version"] == "0.1.0-1"
    assert fields["Architecture"] == "all"
    assert "python3-paho-mqtt" in fields["Depends"].split(", ")
    assert fields["License"] == "MIT"
    assert int(fields["Installed-Size"]) == sum(len(member.content) for member in read_ipk(ipk).data)


def test_control_scripts_are_executable_and_the_configuration_is_a_conffile(ipk: bytes) -> None:
    package = read_ipk(ipk)
    modes = {member.path: member.mode for member in package.control if not member.is_directory}
    assert modes == {"conffiles": 0o644, "control": 0o644, "postinst": 0o755, "postinst-pkg": 0o755, "prerm": 0o755}
    assert package.control_file("conffiles") == "/etc/config/spotfi\n"
    assert "default_postinst" in package.control_file("postinst")
    assert "default_prerm" in package.control_file("prerm")


def test_the_same_input_gives_the_same_bytes() -> None:
    tree = [Entry("etc/config/spotfi", 0o600, b"config agent\n")]
    metadata = Metadata("1.2.3", BUILT_AT)
    assert build_ipk(tree, metadata) == build_ipk(list(tree), replace(metadata))
    assert build_ipk(tree, metadata) != build_ipk(tree, replace(metadata, built_at=BUILT_AT + 1))


def test_tars_are_of_the_kind_that_opkg_reads(ipk: bytes, tmp_path: Path) -> None:
    path = tmp_path / "package.ipk"
    path.write_bytes(ipk)
    with tarfile.open(path, "r:gz") as tar:
        assert not tar.pax_headers
