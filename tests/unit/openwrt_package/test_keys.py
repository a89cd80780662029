"""Signing keys: given by file or made once and kept private."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from spotfi_package.apk_key import ApkKey
from spotfi_package.errors import BuildError
from spotfi_package.feed_key import FeedKey
from spotfi_package.keys import load_key


@pytest.mark.parametrize("kind", [FeedKey, ApkKey])
def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path, kind: type[FeedKey | ApkKey]) -> None:
    kept = tmp_path / "keys" / "key"
    first, second = load_key(kind, None, kept), load_key(kind, None, kept)
    assert first.public_text() == second.public_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kind", [FeedKey, ApkKey])
def test_a_given_key_is_used_and_none_is_made(tmp_path: Path, kind: type[FeedKey | ApkKey]) -> None:
    key = kind.generate()
    given = tmp_path / "given"
    given.write_text(key.secret_text())
    assert load_key(kind, given, tmp_path / "kept").public_text() == key.public_text()
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("kind", [FeedKey, ApkKey])
def test_a_given_key_that_is_not_there_is_never_replaced_by_another(
    tmp_path: Path, kind: type[FeedKey | ApkKey]
) -> None:
    with pytest.raises(BuildError, match=r"cannot be read: No such file"):
        load_key(kind, tmp_path / "missing", tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("text", ["", "untrusted comment: x\n", "untrusted comment: x\n!!\n", "a\nQUJD\n"])
def test_what_is_no_usign_key_is_refused(text: str) -> None:
    with pytest.raises(BuildError, match="no unencrypted usign secret key"):
        FeedKey.parse(text)


def test_a_damaged_usign_key_is_refused() -> None:
    comment, line = FeedKey.generate().secret_text().splitlines()
    raw = bytearray(base64.b64decode(line))
    raw[50] ^= 1
    with pytest.raises(BuildError, match="damaged"):
        FeedKey.parse(f"{comment}\n{base64.b64encode(raw).decode()}\n")


def test_a_key_on_another_curve_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for text in (other.decode(), "no key at all"):
        with pytest.raises(BuildError, match="no unencrypted PEM of a P-256 key"):
            ApkKey.parse(text)
