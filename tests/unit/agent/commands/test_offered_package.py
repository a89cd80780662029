"""Which file of an offer is taken, and that nothing is taken that nobody vouches for."""

import hashlib
from pathlib import Path

import pytest

from spotfi_agent.commands.offered_package import Fetch, NotOfferedError, fetch_package

OLDER, NEWER = b"first packaging", b"second packaging"
ROOT = Path("/")


def offer(files: dict[str, bytes]) -> Fetch:
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return lambda path, most_bytes: {**files, "SHA256SUMS": sums.encode()}[path][:most_bytes]


def program(folder: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_the_last_packaging_of_the_wanted_version_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "apk", f'[ "$1" = verify ] && grep -q second "$2" && echo "$2" >{tmp_path}/verified', monkeypatch)
    fetch = offer(
        {
            "apk/spotfi-agent-0.2.0-r9.apk": OLDER,
            "apk/spotfi-agent-0.2.0-r10.apk": NEWER,
            "apk/spotfi-agent-0.2.01-r1.apk": OLDER,
            "opkg/spotfi-agent_0.2.0-11_all.ipk": OLDER,
        }
    )
    offered = fetch_package(fetch, "apk", "0.2.0", ROOT)
    assert (offered.file_name, offered.content) == ("spotfi-agent-0.2.0-r10.apk", NEWER)
    assert (tmp_path / "verified").read_text().endswith("/spotfi-agent-0.2.0-r10.apk\n")
    with pytest.raises(NotOfferedError, match=r"no package of version 0\.2 for apk"):
        fetch_package(fetch, "apk", "0.2", ROOT)


def test_what_apk_does_not_trust_is_refused_in_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "apk", 'echo "$2: UNTRUSTED signature"; exit 1', monkeypatch)
    with pytest.raises(NotOfferedError, match="UNTRUSTED signature"):
        fetch_package(offer({"apk/spotfi-agent-0.2.0-r1.apk": NEWER}), "apk", "0.2.0", ROOT)


def test_an_index_that_is_signed_must_name_this_very_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "usign", "exit 0", monkeypatch)
    name, digest = "spotfi-agent_0.2.0-1_all.ipk", hashlib.sha256(NEWER).hexdigest()
    stanza = f"Package: spotfi-agent\nVersion: 0.2.0-1\nFilename: {name}\nSHA256sum: {digest}\nDescription: an agent\n"
    for index, is_good in (
        (stanza, True),
        (f"Package: other\nFilename: x\n\n{stanza}", True),
        (stanza.replace(digest, "0" * 64), False),
        (stanza.replace(name, "spotfi-agent_0.1.0-1_all.ipk"), False),
        (f"Package: other\nDescription: evil\n {stanza}", False),
        ("", False),
    ):
        fetch = offer({f"opkg/{name}": NEWER, "opkg/Packages": index.encode(), "opkg/Packages.sig": b""})
        if is_good:
            assert fetch_package(fetch, "opkg", "0.2.0", ROOT).content == NEWER
        else:
            with pytest.raises(NotOfferedError, match="signed index does not name"):
                fetch_package(fetch, "opkg", "0.2.0", ROOT)
