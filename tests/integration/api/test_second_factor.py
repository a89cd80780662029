"""The second factor: enrolled, demanded, taken once; recovery codes stand in for it, each once."""

from datetime import timedelta
from typing import Any

import pyotp

from spotfi_cloud.kernel.clock import ManualClock
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town

FORM = {"username": ADMIN_EMAIL, "password": PASSWORD}


async def enrol(admin: Person, clock: ManualClock) -> tuple[pyotp.TOTP, list[str]]:
    begun = await admin.post("/auth/second-factor", None)
    assert begun["uri"].startswith("otpauth://totp/SpotFi:")
    assert begun["qr_svg"].startswith("<svg")
    totp = pyotp.TOTP(begun["secret"])
    confirmed = await admin.post("/auth/second-factor/confirm", {"otp": totp.at(clock.now())}, expect=200)
    return totp, confirmed["recovery_codes"]


async def token(town: Town, *, expect: int, **more: str) -> Any:
    return await town.anyone.call("POST", "/auth/token", expect=expect, data=FORM | more)


async def test_a_second_factor_is_demanded_once_confirmed(town: Town, admin: Person, clock: ManualClock) -> None:
    await admin.post("/auth/second-factor", None)
    await token(town, expect=200)  # not confirmed: not in force
    totp, _ = await enrol(admin, clock)
    assert (await token(town, expect=401))["code"] == "second_factor_required"
    assert (await token(town, expect=401, otp="000000"))["code"] == "second_factor_wrong"
    clock.advance(timedelta(seconds=30))
    await token(town, expect=200, otp=totp.at(clock.now()))
    await admin.post("/auth/second-factor", None, expect=409)


async def test_a_code_is_taken_once(town: Town, admin: Person, clock: ManualClock) -> None:
    totp, _ = await enrol(admin, clock)
    await token(town, expect=401, otp=totp.at(clock.now()))  # the one that confirmed
    clock.advance(timedelta(seconds=60))
    code = totp.at(clock.now())
    await token(town, expect=200, otp=code)
    assert (await token(town, expect=401, otp=code))["code"] == "second_factor_wrong"
    await token(town, expect=401, otp=totp.at(clock.now() - timedelta(seconds=30)))


async def test_recovery_codes_stand_in_once_each(town: Town, admin: Person, clock: ManualClock) -> None:
    _, codes = await enrol(admin, clock)
    assert len(set(codes)) == 10
    await token(town, expect=200, otp=codes[0].upper().replace("-", " "))
    await token(town, expect=401, otp=codes[0])
    await token(town, expect=200, otp=codes[1])


async def test_guessing_codes_is_slowed(town: Town, admin: Person, clock: ManualClock) -> None:
    await enrol(admin, clock)
    for number in range(6):
        await token(town, expect=401, otp=f"{number:06}")
    await token(town, expect=429, otp="000007")


async def test_it_is_removed_by_a_code_or_by_an_admin(town: Town, admin: Person, clock: ManualClock) -> None:
    _, codes = await enrol(admin, clock)
    await admin.post("/auth/second-factor/remove", {"otp": "000000"}, expect=422)
    await admin.post("/auth/second-factor/remove", {"otp": codes[0]}, expect=204)
    await token(town, expect=200)
    await admin.post("/staff", {"email": "s@spotfi.test", "password": PASSWORD, "role": "support"})
    support = await town.sign_in("s@spotfi.test")
    me = await support.get("/auth/me")
    await enrol(support, clock)
    form = {"username": "s@spotfi.test", "password": PASSWORD}
    await town.anyone.call("POST", "/auth/token", expect=401, data=form)
    await support.delete(f"/staff/{me['id']}/second-factor", expect=403)
    await admin.delete(f"/staff/{me['id']}/second-factor")
    await town.anyone.call("POST", "/auth/token", expect=200, data=form)
