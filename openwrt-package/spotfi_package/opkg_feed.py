"""The index of an opkg feed: Packages, Packages.gz and the usign signature over the uncompressed Packages."""

import gzip
import hashlib

from spotfi_package.feed_key import FeedKey


def build_feed(packages: dict[str, tuple[str, bytes]], key: FeedKey) -> dict[str, bytes]:
    """File name → content of the index, for packages given as file name → (control stanza, file)."""
    listing = "\n".join(_stanza(name, control, file) for name, (control, file) in sorted(packages.items())).encode()
    return {
        "Packages": listing,
        "Packages.gz": gzip.compress(listing, compresslevel=9, mtime=0),
        "Packages.sig": key.sign(listing).encode(),
    }


def _stanza(name: str, control: str, file: bytes) -> str:
    """The package's control fields with those by which opkg fetches and checks it; the description comes last."""
    fields, marker, description = control.partition("Description: ")
    located = f"Filename: {name}\nSize: {len(file)}\nSHA256sum: {hashlib.sha256(file).hexdigest()}\n"
    return fields + located + marker + description
