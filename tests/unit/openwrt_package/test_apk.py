"""The package for OpenWrt 25.12 and later."""

import hashlib
import zlib
from pathlib import Path

import pytest

from spotfi_package.adb import Database, block
from spotfi_package.apk import build_apk
from spotfi_package.apk_key import ApkKey
from spotfi_package.metadata import DEPENDS, Metadata
from spotfi_package.tree import Entry
from tests.unit.openwrt_package.conftest import BUILT_AT
from tests.unit.openwrt_package.readers import AdbFile, Member, members_of_apk, read_adb, read_ipk, signed_by


@pytest.fixture(scope="module")
def package(apk: bytes) -> AdbFile:
    return read_adb(apk)


@pytest.fixture(scope="module")
def members(package: AdbFile) -> dict[str, Member]:
    return {member.path: member for member in members_of_apk(package)}


def test_package_info(package: AdbFile, members: dict[str, Member]) -> None:
    info = package.root[1]
    assert package.schema == b"pckg"
    assert (info[1], info[2], info[5], info[6]) == (b"spotfi-agent", b"0.1.0-r1", b"noarch", b"MIT")
    assert info[11] == BUILT_AT
    assert info[12] == sum(len(member.content) for member in members.values())


def test_dependencies_are_sorted_as_apk_searches_them(package: AdbFile) -> None:
    names = [dependency[1].decode() for dependency in package.root[1][15]]
    assert names == sorted(names) == list(DEPENDS)


def test_unique_id_is_the_digest_of_the_block_without_it(package: AdbFile) -> None:
    unique_id = package.root[1][3]
    assert len(unique_id) == 20
    blank = package.block.replace(unique_id, bytes(20))
    assert hashlib.sha256(blank).digest()[:20] == unique_id


def test_same_files_modes_and_contents_as_the_ipk(members: dict[str, Member], ipk: bytes) -> None:
    ours = {path: (member.mode, member.content) for path, member in members.items() if "lib/apk" not in path}
    theirs = {member.path: (member.mode, member.content) for member in read_ipk(ipk).data}
    assert ours == theirs


def test_everything_belongs_to_root(members: dict[str, Member]) -> None:
    assert {(member.owner, member.group) for member in members.values()} == {("root", "root")}
    assert {member.modified_at for member in members.values() if not member.is_directory} == {BUILT_AT}


def test_directories_and_files_are_sorted_as_apk_searches_them(package: AdbFile) -> None:
    folders = [folder.get(1, b"") for folder in package.root[2]]
    assert folders == sorted(folders)
    assert folders[0] == b""
    for folder in package.root[2]:
        names = [entry[1] for entry in folder.get(3, [])]
        assert names == sorted(names)


def test_lists_for_openwrts_own_scripts(members: dict[str, Member]) -> None:
    prefix = "lib/apk/packages/spotfi-agent"
    listed = members[f"{prefix}.list"].content.decode().splitlines()
    assert "/etc/init.d/spotfi-agent" in listed
    assert "/etc/uci-defaults/90-spotfi" in listed
    assert set(listed) <= {f"/{path}" for path, member in members.items() if not member.is_directory}
    assert members[f"{prefix}.conffiles"].content == b"/etc/config/spotfi\n"
    digest = hashlib.sha256(members["etc/config/spotfi"].content).hexdigest()
    assert members[f"{prefix}.conffiles_static"].content.decode() == f"/etc/config/spotfi {digest}\n"


def test_scripts(package: AdbFile) -> None:
    scripts = {slot: script.decode() for slot, script in package.root[3].items()}
    assert scripts.keys() == {3, 4, 7}
    assert "default_postinst" in scripts[3]
    assert "default_prerm" in scripts[4]
    assert "export PKG_UPGRADE=1" in scripts[7]


def test_only_files_with_content_have_a_data_block(package: AdbFile, members: dict[str, Member]) -> None:
    assert len(package.data) == sum(bool(member.content) for member in members.values())


def test_signed_with_the_published_key_and_no_other(package: AdbFile, built: dict[str, bytes]) -> None:
    assert signed_by(package, built["apk/spotfi-feed.pem"])
    assert not signed_by(package, ApkKey.generate().public_text().encode())


def test_the_same_input_gives_the_same_bytes() -> None:
    tree = [Entry("etc/config/spotfi", 0o600, b"config agent\n"), Entry("etc/empty", 0o644, b"")]
    key = ApkKey.generate()
    assert build_apk(tree, Metadata("1.2.3", BUILT_AT), key) == build_apk(list(tree), Metadata("1.2.3", BUILT_AT), key)


def test_large_values_are_written_in_the_wider_forms() -> None:
    database = Database()
    fields = {
        1: database.blob(b"x" * 300),
        2: database.blob(b"y" * 70_000),
        3: database.integer(0x1000_0000),
        5: database.integer(0x0FFF_FFFF),
    }
    raw = block(0, bytes(database.finish(database.object(fields))))
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    file = read_adb(b"ADBd" + deflate.compress(b"ADB.test" + raw) + deflate.flush())
    assert file.root == {1: b"x" * 300, 2: b"y" * 70_000, 3: 0x1000_0000, 5: 0x0FFF_FFFF}


def test_file_names(built: dict[str, bytes]) -> None:
    assert "apk/spotfi-agent-0.1.0-r1.apk" in built
    assert "opkg/spotfi-agent_0.1.0-1_all.ipk" in built
    assert not any(Path(name).is_absolute() for name in built)
