"""Staff passwords: argon2id (RFC 9106) through pwdlib, on threads of its own so that the event loop never waits for it.

Two threads, because each computation takes 64 MiB: a flood of logins queues up instead of eating the memory.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash

_hasher = PasswordHash.recommended()
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


@cache
def _dummy_hash() -> str:
    return _hasher.hash("nobody's password")


async def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def password_fits(password: str, stored_hash: str | None) -> bool:
    """Whether the password has this hash. Without a hash (no such account) it takes as long, and the answer is no."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, password, stored_hash)


def _verify(password: str, stored_hash: str | None) -> bool:
    dummy_hash = _dummy_hash()  # in either case, so that the very first use betrays nothing
    fits = _hasher.verify(password, dummy_hash if stored_hash is None else stored_hash)
    return fits and stored_hash is not None
