"""The .apk format of OpenWrt 25.12 and later: an ADB with all metadata, its signature, then the files' contents.

Slot numbers: apk-tools src/apk_adb.h. What OpenWrt adds inside (`/lib/apk/packages/…`): its include/package-pack.mk.
"""

import hashlib
import struct
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath

from spotfi_package.adb import ADB_BLOCK, DATA_BLOCK, NULL, SIGNATURE_BLOCK, Database, block, container
from spotfi_package.apk_key import ApkKey
from spotfi_package.hooks import apk_scripts
from spotfi_package.metadata import CONFFILES, DEPENDS, LICENSE, MAINTAINER, NAME, SUMMARY, Metadata
from spotfi_package.tree import DIRECTORY_MODE, SOURCE_MODE, Entry, with_directories

SCHEMA = b"pckg"
ARCHITECTURE = "noarch"
UNIQUE_ID_BYTES = 20

_SCRIPT_SLOTS = {"post-install": 3, "pre-deinstall": 4, "post-upgrade": 7}


@dataclass(frozen=True, slots=True)
class ApkPackage:
    """A built package, and what an index says of it."""

    file: bytes
    identity: bytes
    """SHA-256 of the ADB block: apk trusts a package whose identity a trusted index names."""
    installed_bytes: int


def file_name(metadata: Metadata) -> str:
    return f"{NAME}-{metadata.apk_version}.apk"


def build_apk(tree: list[Entry], metadata: Metadata, key: ApkKey) -> ApkPackage:
    """The signed package. The same tree, metadata and key give the same bytes."""
    full_tree = with_openwrt_lists(tree)
    folders = _by_folder(full_tree)
    adb = _adb(folders, metadata, _installed_bytes(full_tree))
    blocks = [block(ADB_BLOCK, adb), block(SIGNATURE_BLOCK, key.sign(SCHEMA, adb)), *_data_blocks(folders)]
    return ApkPackage(container(SCHEMA, blocks), hashlib.sha256(adb).digest(), _installed_bytes(full_tree))


def with_openwrt_lists(tree: list[Entry]) -> list[Entry]:
    """The tree with the lists by which OpenWrt's scripts find a package's services and configuration."""
    files = {entry.path: entry for entry in tree if not entry.is_directory}
    prefix = f"lib/apk/packages/{NAME}"
    digests = {path: hashlib.sha256(files[path.lstrip("/")].content or b"").hexdigest() for path in CONFFILES}
    lists = {
        f"{prefix}.list": "".join(f"/{path}\n" for path in sorted([*files, f"{prefix}.list"])),
        f"{prefix}.conffiles": "".join(f"{path}\n" for path in CONFFILES),
        f"{prefix}.conffiles_static": "".join(f"{path} {digest}\n" for path, digest in digests.items()),
    }
    added = [Entry(path, SOURCE_MODE, text.encode()) for path, text in lists.items()]
    return with_directories([*files.values(), *added])


def info_fields(database: Database, metadata: Metadata, installed_bytes: int, identity: int) -> dict[int, int]:
    """The package info object of the package itself and of the index."""
    return {
        1: database.text(NAME),
        2: database.text(metadata.apk_version),
        3: identity,
        4: database.text(SUMMARY),
        5: database.text(ARCHITECTURE),
        6: database.text(LICENSE),
        7: database.text(NAME),
        8: database.text(MAINTAINER),
        11: database.integer(metadata.built_at),
        12: database.integer(installed_bytes),
        15: database.array(database.object({1: database.text(name)}) for name in DEPENDS),
    }


def _by_folder(tree: list[Entry]) -> list[tuple[Entry, list[Entry]]]:
    """Each directory with its files, both sorted by name as apk wants them; the root comes first, under an empty name."""
    files = sorted((entry for entry in tree if not entry.is_directory), key=lambda entry: (_folder(entry), entry.path))
    grouped = {folder: list(group) for folder, group in groupby(files, key=_folder)}
    folders = [Entry("", DIRECTORY_MODE, None), *(entry for entry in tree if entry.is_directory)]
    return [(folder, grouped.get(folder.path, [])) for folder in sorted(folders)]


def _folder(entry: Entry) -> str:
    parent = str(PurePosixPath(entry.path).parent)
    return "" if parent == "." else parent


def _installed_bytes(tree: list[Entry]) -> int:
    return sum(len(entry.content or b"") for entry in tree)


def _adb(folders: list[tuple[Entry, list[Entry]]], metadata: Metadata, installed_bytes: int) -> bytes:
    database = Database()
    identity, offset = database.reserve(UNIQUE_ID_BYTES)
    info = database.object(info_fields(database, metadata, installed_bytes, identity))
    paths = database.array(_folder_value(database, folder, files, metadata) for folder, files in folders)
    scripts = {_SCRIPT_SLOTS[phase]: database.text(script) for phase, script in apk_scripts().items()}
    adb = database.finish(database.object({1: info, 2: paths, 3: database.object(scripts)}))
    # The id is a digest of the block in which it still is zero.
    adb[offset : offset + UNIQUE_ID_BYTES] = hashlib.sha256(adb).digest()[:UNIQUE_ID_BYTES]
    return bytes(adb)


def _folder_value(database: Database, folder: Entry, files: list[Entry], metadata: Metadata) -> int:
    listing = database.array(_file_value(database, file, metadata) for file in files)
    return database.object({1: database.text(folder.path), 2: _access(database, folder.mode), 3: listing})


def _file_value(database: Database, file: Entry, metadata: Metadata) -> int:
    content = file.content or b""
    return database.object(
        {
            1: database.text(PurePosixPath(file.path).name),
            2: _access(database, file.mode),
            3: database.integer(len(content)),
            4: database.integer(metadata.built_at),
            5: database.blob(hashlib.sha256(content).digest()),
            6: NULL,
        }
    )


def _access(database: Database, mode: int) -> int:
    return database.object({1: database.integer(mode), 2: database.text("root"), 3: database.text("root")})


def _data_blocks(folders: list[tuple[Entry, list[Entry]]]) -> list[bytes]:
    """One block per file that is not empty, in the order of the paths; both numbers count from one."""
    return [
        block(DATA_BLOCK, struct.pack("<II", folder_number, file_number) + file.content)
        for folder_number, (_, files) in enumerate(folders, 1)
        for file_number, file in enumerate(files, 1)
        if file.content
    ]
