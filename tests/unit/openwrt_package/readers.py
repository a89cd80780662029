"""Readers of both package formats, written from the formats' descriptions and independent of the code that writes them."""

import gzip
import hashlib
import io
import struct
import tarfile
import zlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Member:
    """A file or directory as a package carries it."""

    path: str
    mode: int
    owner: str
    group: str
    modified_at: int
    content: bytes
    is_directory: bool


@dataclass(frozen=True)
class Ipk:
    names: list[str]
    version: bytes
    control: list[Member]
    data: list[Member]

    def control_file(self, name: str) -> str:
        return next(member.content for member in self.control if member.path == name).decode()


def read_ipk(raw: bytes) -> Ipk:
    outer = {member.name: content for member, content in _untar(raw)}
    return Ipk(
        names=list(outer),
        version=outer["./debian-binary"],
        control=_members(outer["./control.tar.gz"]),
        data=_members(outer["./data.tar.gz"]),
    )


def _untar(raw: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(raw))) as tar:
        return [(member, file.read() if (file := tar.extractfile(member)) else b"") for member in tar]


def _members(raw: bytes) -> list[Member]:
    found = []
    for info, content in _untar(raw):
        assert info.isreg() or info.isdir()
        assert (info.uname, info.gname) == ("", "")
        path = info.name.removeprefix("./").removeprefix(".")
        found.append(Member(path, info.mode, str(info.uid), str(info.gid), int(info.mtime), content, info.isdir()))
    return found


@dataclass(frozen=True)
class AdbFile:
    """An ADB file: its schema, the metadata block and its values, the signatures and the data blocks."""

    schema: bytes
    block: bytes
    root: dict[int, Any]
    signatures: list[bytes]
    data: dict[tuple[int, int], bytes]

    @property
    def identity(self) -> bytes:
        return hashlib.sha256(self.block).digest()


def read_adb(raw: bytes) -> AdbFile:
    assert raw[:4] == b"ADBd"
    plain = zlib.decompress(raw[4:], -15)
    assert plain[:4] == b"ADB."
    blocks = _blocks(plain[8:])
    assert [kind for kind, _ in blocks] == sorted(kind for kind, _ in blocks)
    (block,) = [payload for kind, payload in blocks if kind == 0]
    assert block[:4] == bytes(4)
    root = _value(block, struct.unpack_from("<I", block, 4)[0])
    data = {struct.unpack_from("<II", payload): payload[8:] for kind, payload in blocks if kind == 2}
    return AdbFile(plain[4:8], block, root, [payload for kind, payload in blocks if kind == 1], data)


def _blocks(raw: bytes) -> list[tuple[int, bytes]]:
    found, offset = [], 0
    while offset < len(raw):
        (word,) = struct.unpack_from("<I", raw, offset)
        size = word & 0x3FFFFFFF
        assert size >= 4
        found.append((word >> 30, raw[offset + 4 : offset + size]))
        padded = size + -size % 8
        assert not any(raw[offset + size : offset + padded])
        offset += padded
    return found


def _value(block: bytes, word: int) -> Any:
    kind, offset = word >> 28, word & 0x0FFFFFFF
    if kind == 0x0:
        return None
    if kind == 0x1:
        return offset
    if kind == 0x2:
        assert offset % 4 == 0
        return struct.unpack_from("<I", block, offset)[0]
    if kind in (0x8, 0x9, 0xA):
        code, width = {0x8: ("<B", 1), 0x9: ("<H", 2), 0xA: ("<I", 4)}[kind]
        assert offset % width == 0
        (size,) = struct.unpack_from(code, block, offset)
        assert offset + width + size <= len(block)
        return block[offset + width : offset + width + size]
    assert kind in (0xD, 0xE)
    assert offset % 4 == 0
    (count,) = struct.unpack_from("<I", block, offset)
    values = [_value(block, slot) for slot in struct.unpack_from(f"<{count}I", block, offset)[1:]]
    return values if kind == 0xD else {slot: value for slot, value in enumerate(values, 1) if value is not None}


def signed_by(file: AdbFile, public_pem: bytes) -> bool:
    """Whether apk would trust the file with this key alone in /etc/apk/keys."""
    public = serialization.load_pem_public_key(public_pem)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    for signature in file.signatures:
        header, der = signature[:18], signature[18:]
        if header != b"\x00\x04" + hashlib.sha512(point).digest()[:16]:
            continue
        try:
            public.verify(der, file.schema + header + hashlib.sha512(file.block).digest(), ec.ECDSA(hashes.SHA512()))
        except InvalidSignature:
            continue
        return True
    return False


def members_of_apk(file: AdbFile) -> list[Member]:
    """Every file and directory with its content; each non-empty content must be there once and match its digest."""
    found, used = [], set()
    for folder_number, folder in enumerate(file.root[2], 1):
        path = folder.get(1, b"").decode()
        found.append(_apk_member(path, folder[2], 0, b"", is_directory=True))
        for file_number, entry in enumerate(folder.get(3, []), 1):
            content = file.data.get((folder_number, file_number), b"")
            used.add((folder_number, file_number))
            assert len(content) == entry[3]
            assert hashlib.sha256(content).digest() == entry[5]
            name = f"{path}/{entry[1].decode()}".lstrip("/")
            found.append(_apk_member(name, entry[2], entry[4], content, is_directory=False))
    assert used >= file.data.keys()
    return found


def _apk_member(path: str, access: dict[int, Any], modified_at: int, content: bytes, *, is_directory: bool) -> Member:
    return Member(path, access[1], access[2].decode(), access[3].decode(), modified_at, content, is_directory)
