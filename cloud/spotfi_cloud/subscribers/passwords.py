"""Subscribers' passwords at rest: sealed (kernel/sealing.py) or, where the plan says so, as an argon2id hash (RFC 9106).

Both stand in one column; a hash begins with `$argon2id$`, a sealed value with 0x01. The hash is made to cost some 30 ms of a
core and 19 MiB, what OWASP recommends at least: hundreds of guests come back at once after a power cut.
"""

import asyncio

from pwdlib.hashers.argon2 import Argon2Hasher

from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.plans.password_storage import PasswordStorage

_hasher = Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_TAG = b"$argon2id$"


async def store_password(password: str, storage: PasswordStorage, sealer: Sealer) -> bytes:
    """What to keep of a password; hashing happens on a thread, so that the loop does not wait for it."""
    if storage is PasswordStorage.SEALED:
        return sealer.seal(password.encode())
    return (await asyncio.to_thread(_hasher.hash, password)).encode()


def open_password(stored: bytes, sealer: Sealer) -> tuple[bytes, str]:
    """(the password, empty where only a hash is kept; the hash, empty where the password is sealed).

    Raises SealError where the installation's secret key is another one.
    """
    return (b"", stored.decode()) if stored.startswith(_TAG) else (sealer.open(stored), "")


def hash_fits(password: bytes, stored_hash: str) -> bool:
    """Whether the password has this hash; takes some 30 ms of a core, without the interpreter's lock."""
    return _hasher.verify(password, stored_hash)
