"""The package of another version as the cloud offers it, fetched and checked.

The cloud's word is not enough: the package must be signed by a key that this router trusts for its feeds. opkg's way is the
feed's index, signed for usign (/etc/opkg/keys), which names the package's SHA-256; apk's packages carry a signature of their
own (/etc/apk/keys), which apk checks.
"""

import hashlib
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spotfi_agent.commands import cloud_api, program
from spotfi_agent.commands.device import Device
from spotfi_agent.commands.order import Output

FOLDER = "/api/v1/device/packages"
_NAME = "spotfi-agent"
_MOST_INDEX_BYTES = 256 * 1024
_MOST_PACKAGE_BYTES = 4 * 1024 * 1024
_CHECK_TIMEOUT_S = 30.0

Fetch = Callable[[str, int], bytes]
"""A file of the offer, by its path, of at most so many bytes. NotOfferedError."""


class NotOfferedError(Exception):
    """There is no such package, or nothing vouches for it, or it did not come; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A package that may be installed."""

    file_name: str
    content: bytes


def fetch_package(fetch: Fetch, manager: str, version: str, root: Path, wanted_sha256: str = "") -> Offered:
    """The package of this version for `opkg` or `apk`. NotOfferedError; ProgramError where the check cannot be made."""
    file_name, sha256 = _find(fetch("SHA256SUMS", _MOST_INDEX_BYTES).decode(errors="replace"), manager, version)
    if wanted_sha256 not in {"", sha256}:
        msg = f"The package {file_name} the cloud offers is not the one that was asked for: its SHA-256 differs."
        raise NotOfferedError(msg)
    content = fetch(f"{manager}/{file_name}", _MOST_PACKAGE_BYTES)
    if hashlib.sha256(content).hexdigest() != sha256:
        msg = f"The package {file_name} is damaged: its SHA-256 is not the one that was announced."
        raise NotOfferedError(msg)
    with tempfile.TemporaryDirectory(prefix="spotfi-") as folder:
        if manager == "opkg":
            _check_index(fetch, Path(folder), root, file_name, sha256)
        else:
            _check_apk(Path(folder) / file_name, content)
    return Offered(file_name, content)


def fetching(device: Device, output: Output) -> Fetch:
    """From the cloud that this router is enrolled with."""

    def fetch(path: str, most_bytes: int) -> bytes:
        try:
            return cloud_api.fetch(device, f"{FOLDER}/{path}", most_bytes, output)
        except cloud_api.RefusedByApiError as error:
            msg = f"The cloud offers no package: asked for {path}, {error}."
            raise NotOfferedError(msg) from error
        except cloud_api.UnreachedError as error:
            msg = f"The cloud's API at {device.api_host} was not reached: {error}."
            raise NotOfferedError(msg) from error

    return fetch


def _find(sums: str, manager: str, version: str) -> tuple[str, str]:
    """The last of the packagings of this version, by its number."""
    pattern = {"opkg": r"(opkg)/({}_{}-(\d+)_all\.ipk)", "apk": r"(apk)/({}-{}-r(\d+)\.apk)"}[manager]
    named = re.compile(r"([0-9a-f]{64})  " + pattern.format(re.escape(_NAME), re.escape(version)))
    found = [match for line in sums.splitlines() if (match := named.fullmatch(line))]
    if not found:
        msg = f"The cloud offers no package of version {version} for {manager}."
        raise NotOfferedError(msg)
    newest = max(found, key=lambda match: int(match[4]))
    return newest[3], newest[1]


def _check_index(fetch: Fetch, folder: Path, root: Path, file_name: str, sha256: str) -> None:
    index, signature = folder / "Packages", folder / "Packages.sig"
    for path in (index, signature):
        path.write_bytes(fetch(f"opkg/{path.name}", _MOST_INDEX_BYTES))
    program.find("usign")
    words = ("usign", "-V", "-q", "-P", str(root / "etc/opkg/keys"), "-m", str(index), "-x", str(signature))
    if program.run(words, timeout_s=_CHECK_TIMEOUT_S).exit_status != 0:
        msg = "No key in /etc/opkg/keys vouches for the cloud's packages. Add the feed's key: opkg-key add FILE."
        raise NotOfferedError(msg)
    stanzas = (_fields(stanza) for stanza in index.read_text(errors="replace").split("\n\n"))
    if (_NAME, file_name, sha256) not in {
        (stanza.get("Package"), stanza.get("Filename"), stanza.get("SHA256sum")) for stanza in stanzas
    }:
        msg = f"The signed index does not name {file_name} with this SHA-256."
        raise NotOfferedError(msg)


def _check_apk(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    finished = program.run(("apk", "verify", str(path)), timeout_s=_CHECK_TIMEOUT_S)
    if finished.exit_status != 0:
        msg = f"apk does not trust {path.name}: {finished.said[-200:]}. Put the feed's key into /etc/apk/keys."
        raise NotOfferedError(msg)


def _fields(stanza: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in stanza.splitlines() if not line.startswith(" "))
    return {name: value for name, _, value in pairs}
