"""The .ipk format of OpenWrt up to 24.10: a gzipped tar of debian-binary, data.tar.gz and control.tar.gz, in this order.

Source: OpenWrt's `scripts/ipkg-build`. GNU tar, owner 0:0, names from `./`, sorted, one time stamp; gzip without name and time.
"""

import gzip
import io
import tarfile

from spotfi_package.hooks import ipk_scripts
from spotfi_package.metadata import (
    CONFFILES,
    DEPENDS,
    DESCRIPTION,
    LICENSE,
    MAINTAINER,
    NAME,
    SUMMARY,
    Metadata,
)
from spotfi_package.tree import DIRECTORY_MODE, Entry

ARCHITECTURE = "all"


def file_name(metadata: Metadata) -> str:
    return f"{NAME}_{metadata.ipk_version}_{ARCHITECTURE}.ipk"


def build_ipk(tree: list[Entry], metadata: Metadata) -> bytes:
    """The package file. The same tree and metadata give the same bytes."""
    members = [
        Entry("debian-binary", 0o644, b"2.0\n"),
        Entry("data.tar.gz", 0o644, pack(tree, metadata.built_at)),
        Entry("control.tar.gz", 0o644, pack(_control_files(tree, metadata), metadata.built_at)),
    ]
    return pack(members, metadata.built_at, with_root=False)


def control_stanza(tree: list[Entry], metadata: Metadata) -> str:
    """The fields of `control`, which the feed's index repeats."""
    fields = {
        "Package": NAME,
        "Version": metadata.ipk_version,
        "Depends": ", ".join(DEPENDS),
        "License": LICENSE,
        "Section": "net",
        "SourceDateEpoch": str(metadata.built_at),
        "Maintainer": MAINTAINER,
        "Architecture": ARCHITECTURE,
        "Installed-Size": str(sum(len(entry.content or b"") for entry in tree)),
        "Description": "\n ".join((SUMMARY, *DESCRIPTION)),
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def pack(entries: list[Entry], built_at: int, *, with_root: bool = True) -> bytes:
    """A gzipped tar of the entries in the given order."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as tar:
        if with_root:
            tar.addfile(_header(Entry(".", DIRECTORY_MODE, None), ".", built_at))
        for entry in entries:
            tar.addfile(_header(entry, f"./{entry.path}", built_at), io.BytesIO(entry.content or b""))
    return gzip.compress(raw.getvalue(), compresslevel=9, mtime=0)


def _control_files(tree: list[Entry], metadata: Metadata) -> list[Entry]:
    texts = {"control": control_stanza(tree, metadata), "conffiles": "".join(f"{path}\n" for path in CONFFILES)}
    files = [Entry(name, 0o644, text.encode()) for name, text in texts.items()]
    return sorted([*files, *(Entry(name, 0o755, text.encode()) for name, text in ipk_scripts().items())])


def _header(entry: Entry, name: str, built_at: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type = tarfile.DIRTYPE if entry.is_directory else tarfile.REGTYPE
    header.mode, header.mtime, header.size = entry.mode, built_at, len(entry.content or b"")
    return header
