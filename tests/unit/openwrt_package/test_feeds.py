"""The signed indexes: what a router checks before it installs anything."""

import base64
import gzip
import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from spotfi_package.feed_key import FeedKey
from tests.unit.openwrt_package.readers import read_adb, signed_by

IPK = "opkg/spotfi-agent_0.1.0-1_all.ipk"
APK = "apk/spotfi-agent-0.1.0-r1.apk"


def usign_accepts(public_file: bytes, signature_file: bytes, message: bytes) -> bool:
    """What `usign -V` does, with the key's id checked as opkg-key does by file name."""
    public, signature = (
        base64.b64decode(file.splitlines()[1], validate=True) for file in (public_file, signature_file)
    )
    assert (len(public), len(signature)) == (42, 74)
    assert public[:2] == signature[:2] == b"Ed"
    if public[2:10] != signature[2:10]:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public[10:]).verify(signature[10:], message)
    except InvalidSignature:
        return False
    return True


def stanza(built: dict[str, bytes]) -> dict[str, str]:
    lines = built["opkg/Packages"].decode().splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith(" "))


def test_opkg_index_names_size_and_digest_of_the_package(built: dict[str, bytes]) -> None:
    fields = stanza(built)
    assert f"opkg/{fields['Filename']}" == IPK
    assert int(fields["Size"]) == len(built[IPK])
    assert fields["SHA256sum"] == hashlib.sha256(built[IPK]).hexdigest()
    assert (fields["Package"], fields["Version"], fields["Architecture"]) == ("spotfi-agent", "0.1.0-1", "all")


def test_opkg_index_is_compressed_without_a_trace_of_the_build(built: dict[str, bytes]) -> None:
    assert gzip.decompress(built["opkg/Packages.gz"]) == built["opkg/Packages"]
    assert built["opkg/Packages.gz"][3:8] == bytes(5)


def test_opkg_index_is_signed(built: dict[str, bytes]) -> None:
    key, signature, listing = (built[f"opkg/{name}"] for name in ("spotfi-feed.pub", "Packages.sig", "Packages"))
    assert key.startswith(b"untrusted comment: ")
    assert usign_accepts(key, signature, listing)


def test_opkg_index_passes_signify_whose_format_usign_shares(built: dict[str, bytes], tmp_path: Path) -> None:
    if shutil.which("signify-openbsd") is None:
        pytest.skip("signify-openbsd is not on this machine")
    names = ("spotfi-feed.pub", "Packages.sig", "Packages")
    for name in names:
        (tmp_path / name).write_bytes(built[f"opkg/{name}"])
    key, signature, listing = (str(tmp_path / name) for name in names)
    command = ["signify-openbsd", "-V", "-q", "-p", key, "-x", signature, "-m", listing]
    assert subprocess.run(command, check=False, timeout=10).returncode == 0
    with Path(listing).open("a") as file:
        file.write("\n")
    assert subprocess.run(command, check=False, timeout=10, stderr=subprocess.DEVNULL).returncode != 0


def test_tampered_opkg_index_is_refused(built: dict[str, bytes]) -> None:
    key, signature, listing = (built[f"opkg/{name}"] for name in ("spotfi-feed.pub", "Packages.sig", "Packages"))
    digest = hashlib.sha256(built[IPK]).hexdigest().encode()
    assert digest in listing
    assert not usign_accepts(key, signature, listing.replace(digest, hashlib.sha256(b"evil").hexdigest().encode()))
    assert not usign_accepts(FeedKey.generate().public_text().encode(), signature, listing)


def index_entry(built: dict[str, bytes]) -> dict[int, Any]:
    (entry,) = read_adb(built["apk/packages.adb"]).root[2]
    assert isinstance(entry, dict)
    return entry


def test_apk_index_carries_the_identity_by_which_apk_trusts_the_package(built: dict[str, bytes]) -> None:
    entry = index_entry(built)
    package = read_adb(built[APK])
    assert entry[3] == package.identity
    assert entry[13] == len(built[APK])
    same = {slot: value for slot, value in package.root[1].items() if slot != 3}
    assert {slot: value for slot, value in entry.items() if slot not in (3, 13)} == same


def test_apk_index_is_signed(built: dict[str, bytes]) -> None:
    index = read_adb(built["apk/packages.adb"])
    assert index.schema == b"indx"
    assert signed_by(index, built["apk/spotfi-feed.pem"])


@pytest.mark.parametrize("at", [0, 8, 100, -1])
def test_tampered_apk_index_is_refused(built: dict[str, bytes], at: int) -> None:
    index = read_adb(built["apk/packages.adb"])
    changed = bytearray(index.block)
    changed[at] ^= 1
    tampered = type(index)(index.schema, bytes(changed), index.root, index.signatures, index.data)
    assert not signed_by(tampered, built["apk/spotfi-feed.pem"])


def test_an_index_signature_does_not_pass_for_a_package(built: dict[str, bytes]) -> None:
    index = read_adb(built["apk/packages.adb"])
    disguised = type(index)(b"pckg", index.block, index.root, index.signatures, index.data)
    assert not signed_by(disguised, built["apk/spotfi-feed.pem"])
