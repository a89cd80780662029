"""Staff passwords: argon2id, and no account looks like a wrong password."""

from spotfi_cloud.identity.passwords import hash_password, password_fits


async def test_a_password_fits_its_own_hash_only() -> None:
    stored = await hash_password("correct horse")
    assert stored.startswith("$argon2id$")
    assert await password_fits("correct horse", stored)
    assert not await password_fits("wrong horse", stored)
    assert not await password_fits("nobody's password", None)
