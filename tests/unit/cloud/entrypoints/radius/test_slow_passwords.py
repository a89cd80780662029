"""Argon2id on threads: nobody waits for it, what fitted is remembered, floods are bounded."""

import asyncio
import time

import pytest

from spotfi_cloud.entrypoints.radius.slow_passwords import RememberedPasswords, SlowPasswords
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.plans.password_storage import PasswordStorage
from spotfi_cloud.subscribers.passwords import open_password, store_password

SEALER = Sealer("an installation's secret key, for tests only", "subscriber-password")


async def hashed(password: str) -> str:
    stored = await store_password(password, PasswordStorage.ARGON2ID, SEALER)
    clear, kept = open_password(stored, SEALER)
    assert clear == b""
    return kept


async def checked(slow: SlowPasswords, password: str, stored_hash: str) -> bool:
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    assert slow.check(password.encode(), stored_hash, answer.set_result)
    return await answer


async def test_both_ways_of_keeping_a_password_stand_in_one_column() -> None:
    sealed = await store_password("pä55", PasswordStorage.SEALED, SEALER)
    assert open_password(sealed, SEALER) == ("pä55".encode(), "")
    assert (await hashed("pä55")).startswith("$argon2id$")


async def test_a_password_fits_its_own_hash_only() -> None:
    slow, kept = SlowPasswords(threads=2), await hashed("correct horse")
    assert await checked(slow, "correct horse", kept)
    assert not await checked(slow, "wrong horse", kept)
    assert not await checked(slow, "correct horse", "$argon2id$broken")
    slow.close()


async def test_a_password_that_fitted_is_known_at_once() -> None:
    slow, kept = SlowPasswords(threads=1), await hashed("correct horse")
    await checked(slow, "correct horse", kept)
    answers: list[bool] = []
    assert slow.check(b"correct horse", kept, answers.append)
    assert answers == [True]
    slow.close()


async def test_the_loop_runs_on_while_passwords_are_checked() -> None:
    slow, kept = SlowPasswords(threads=2), [await hashed(f"password {number}") for number in range(8)]
    checks = [asyncio.create_task(checked(slow, "wrong", each)) for each in kept]
    longest_s, before_s = 0.0, time.monotonic()
    while not all(check.done() for check in checks):
        await asyncio.sleep(0.001)
        longest_s, before_s = max(longest_s, time.monotonic() - before_s), time.monotonic()
    assert longest_s < 0.5
    slow.close()


async def test_guesses_at_one_account_leave_room_for_the_others() -> None:
    slow, ada, bob = SlowPasswords(threads=1, most_waiting=6), await hashed("ada"), await hashed("bob")
    answers: asyncio.Queue[bool] = asyncio.Queue()
    taken = [slow.check(b"guess %d" % number, ada, answers.put_nowait) for number in range(10)]
    assert taken == [True] * 4 + [False] * 6
    assert [slow.check(b"bob", bob, answers.put_nowait) for _ in range(3)] == [True, True, False], "the queue is full"
    async with asyncio.timeout(10):
        assert sum([await answers.get() for _ in range(6)]) == 2
    assert slow.check(b"guess", ada, answers.put_nowait), "there is room again"
    slow.close()


def test_what_is_remembered_ends_with_the_hour_and_with_the_password() -> None:
    known = RememberedPasswords(most=2)
    known.keep(b"password", "hash", 0.0)
    assert known.fits(b"password", "hash", 3599.0)
    assert not known.fits(b"password", "hash", 3601.0)
    assert not known.fits(b"password", "another hash", 1.0)
    assert not known.fits(b"other", "hash", 1.0)
    for number in range(2):
        known.keep(b"%d" % number, "hash", 1.0)
    assert not known.fits(b"password", "hash", 2.0)


@pytest.mark.parametrize("clear", ["", "x" * 128])
async def test_any_password_can_be_hashed(clear: str) -> None:
    slow = SlowPasswords(threads=1)
    assert await checked(slow, clear, await hashed(clear))
    slow.close()
