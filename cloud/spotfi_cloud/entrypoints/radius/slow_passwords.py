"""Passwords against argon2id hashes, on threads of their own, so that nobody else waits for them.

What fitted is remembered for an hour by a digest under a key that this process made up: a guest who comes back costs
nothing, and memory holds no password. A changed password has another hash, so its digest is another too.
"""

import asyncio
import hmac
import os
import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from spotfi_cloud.subscribers.passwords import hash_fits

_MOST_WAITING = 512
_MOST_PER_ACCOUNT = 4
_MOST_REMEMBERED = 100_000
_KEEP_S = 3600.0
_NICE = 10


class RememberedPasswords:
    """Digests of (hash, password) pairs that fitted; `now_s` is any monotonic clock's."""

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self._key = secrets.token_bytes(32)
        self._most = most
        self._until_s: OrderedDict[bytes, float] = OrderedDict()

    def keep(self, password: bytes, stored_hash: str, now_s: float) -> None:
        digest = self._digest(password, stored_hash)
        self._until_s[digest] = now_s + _KEEP_S
        self._until_s.move_to_end(digest)
        if len(self._until_s) > self._most:
            self._until_s.popitem(last=False)

    def fits(self, password: bytes, stored_hash: str, now_s: float) -> bool:
        return self._until_s.get(self._digest(password, stored_hash), now_s) > now_s

    def _digest(self, password: bytes, stored_hash: str) -> bytes:
        return hmac.digest(self._key, stored_hash.encode() + b"\0" + password, "sha256")


class SlowPasswords:
    """As many checks at a time as the machine has cores; a bounded number waits, of one account a few."""

    def __init__(self, threads: int = os.cpu_count() or 1, most_waiting: int = _MOST_WAITING) -> None:
        self._threads = ThreadPoolExecutor(threads, "argon2", initializer=_give_way)
        self._most_waiting = most_waiting
        self._waiting: Counter[str] = Counter()
        self._remembered = RememberedPasswords()

    def check(self, password: bytes, stored_hash: str, done: Callable[[bool], None]) -> bool:
        """Call `done` with whether it fits, at once or later on the running loop; False where there is no room."""
        loop = asyncio.get_running_loop()
        if self._remembered.fits(password, stored_hash, loop.time()):
            done(True)
            return True
        if self._waiting.total() >= self._most_waiting or self._waiting[stored_hash] >= _MOST_PER_ACCOUNT:
            return False
        self._waiting[stored_hash] += 1
        checking = self._threads.submit(hash_fits, password, stored_hash)
        finish = partial(self._finish, password, stored_hash, done)
        checking.add_done_callback(partial(_on_loop, loop, finish))
        return True

    def close(self) -> None:
        """What has not begun is not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _finish(self, password: bytes, stored_hash: str, done: Callable[[bool], None], checked: "Future[bool]") -> None:
        self._waiting[stored_hash] -= 1
        if not self._waiting[stored_hash]:
            del self._waiting[stored_hash]
        fits = checked.exception() is None and checked.result()
        if fits:
            self._remembered.keep(password, stored_hash, asyncio.get_running_loop().time())
        done(fits)


def _on_loop(
    loop: asyncio.AbstractEventLoop, finish: Callable[["Future[bool]"], None], checked: "Future[bool]"
) -> None:
    """Runs on the checking thread."""
    if not checked.cancelled() and not loop.is_closed():
        loop.call_soon_threadsafe(finish, checked)


def _give_way() -> None:
    """Linux keeps niceness per thread: whoever answers other requests goes first."""
    os.nice(_NICE)
