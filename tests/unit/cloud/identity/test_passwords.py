"""Staff passwords: argon2id, and no account looks like a wrong password."""

import asyncio

from spotfi_cloud.identity.passwords import hash_password, password_fits
from spotfi_cloud.kernel.errors import DependencyError


async def test_a_password_fits_its_own_hash_only() -> None:
    stored = await hash_password("correct horse")
    assert stored.startswith("$argon2id$")
    assert await password_fits("correct horse", stored)
    assert not await password_fits("wrong horse", stored)
    assert not await password_fits("nobody's password", None)


async def test_a_flood_is_refused_beyond_a_bound_and_the_rest_is_served() -> None:
    stored = await hash_password("correct horse")
    answers = await asyncio.gather(*(password_fits("correct horse", stored) for _ in range(12)), return_exceptions=True)
    assert answers[:8] == [True] * 8
    assert all(isinstance(answer, DependencyError) for answer in answers[8:])
    assert await password_fits("correct horse", stored)
