"""The page guests log in on: by voucher and account, at uspot and CoovaChilli, with what is left, and each refusal in words."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.portal import service
from spotfi_cloud.storage.database import Database
from spotfi_cloud.subscribers.passwords import hash_fits
from tests.integration.api.conftest import Person, Town
from tests.integration.portal.conftest import Venue, open_venue, said, sent_to

PERIOD = (datetime(2026, 11, 14, 23, tzinfo=UTC), datetime(2026, 11, 15, 23, tzinfo=UTC))
USED = """
INSERT INTO quota_balances (subscriber_id, period_start, period_end, used_bytes, used_s)
SELECT id, :start, :end, :bytes, :seconds FROM subscribers WHERE username = :code
"""
ATTEMPT = """
INSERT INTO login_attempts (id, at, router_id, host_id, username, calling_station_id, outcome, reason)
VALUES (:id, :at, :router, :host, :name, '02-00-00-00-00-01', 'quota_used_up', '')
"""
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


async def use_up(database: Database, code: str, *, used_bytes: int = 10**9, used_s: int = 0) -> None:
    """As accounting would, in the day it is in Vienna."""
    values = {
        "start": PERIOD[0],
        "end": PERIOD[1],
        "code": code.replace("-", ""),
        "bytes": used_bytes,
        "seconds": used_s,
    }
    async with database.unit_of_work() as session:
        await session.execute(text(USED), values)


@pytest.mark.parametrize("kind", ["uspot", "coovachilli"])
async def test_a_voucher_logs_in_by_challenge(town: Town, kind: str) -> None:
    venue = await open_venue(town, kind=kind)
    await venue.owner.patch(f"/routers/{venue.router_id}", {"address": "192.0.2.7"})
    (code,) = await venue.vouchers()
    guest = venue.guest()
    page = await guest.get(venue.path())
    assert "Voucher code" in said(page)
    typed = f" {code.lower()} "
    answer = await guest.post(venue.path(), data={"action": "voucher", "code": typed})
    url, fields = sent_to(answer)
    assert url == "http://10.1.0.1:3990/logon"
    plain = code.replace("-", "")
    assert fields["username"] == plain
    assert venue.nas.proves(fields["response"], plain.encode())
    assert "password" not in fields


@pytest.mark.parametrize("kind", ["uspot", "coovachilli"])
@pytest.mark.parametrize("secret", [True, False])
async def test_an_account_whose_password_is_kept_as_a_hash_logs_in_by_pap(town: Town, kind: str, secret: bool) -> None:
    venue = await open_venue(town, kind=kind, password_storage="argon2id")
    if not secret:
        await venue.owner.delete(f"/routers/{venue.router_id}/uam-secret")
        venue.nas.secret = ""
    await venue.owner.post("/subscribers", {"username": "ada", "password": "pass wörd", "plan_id": venue.plan_id})
    form = {"action": "account", "username": "ada", "password": "pass wörd"}
    _, fields = sent_to(await venue.guest().post(venue.path(), data=form))
    assert venue.nas.password_in(fields["password"]) == "pass wörd".encode()
    assert "response" not in fields


async def test_a_uspot_anywhere_is_given_the_password_for_its_requests_are_not_signed(town: Town) -> None:
    venue = await open_venue(town, kind="uspot")
    (code,) = await venue.vouchers()
    _, fields = sent_to(await venue.guest().post(venue.path(), data={"action": "voucher", "code": code}))
    assert venue.nas.password_in(fields["password"]) == code.replace("-", "").encode()


async def test_guests_of_a_router_who_log_in_at_once_do_not_wait_for_each_others_hashes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue = await open_venue(town, password_storage="argon2id")
    together = threading.Barrier(4, timeout=30)

    def check(password: bytes, hashed: str) -> bool:
        together.wait()  # nobody gets on before four are here
        return hash_fits(password, hashed)

    monkeypatch.setattr(service, "hash_fits", check)
    for number in range(8):
        body = {"username": f"guest{number}", "password": f"password {number}", "plan_id": venue.plan_id}
        await venue.owner.post("/subscribers", body)

    async def log_in(number: int) -> httpx.Response:
        form = {"action": "account", "username": f"guest{number}", "password": f"password {number}"}
        path = venue.path(mac=f"02-00-00-00-00-{number:02}")
        return await venue.guest().post(path, data=form)

    answers = await asyncio.gather(*(log_in(number) for number in range(8)))
    assert {sent_to(answer)[0] for answer in answers} == {"http://10.1.0.1:3990/logon"}


async def test_uspot_takes_no_long_password_hidden(town: Town) -> None:
    venue = await open_venue(town, kind="uspot", password_storage="argon2id")
    long = "seventeen letters"
    await venue.owner.post("/subscribers", {"username": "ada", "password": long, "plan_id": venue.plan_id})
    answer = await venue.guest().post(venue.path(), data={"action": "account", "username": "ada", "password": long})
    assert "too long for this hotspot" in said(answer)
    assert "refresh" not in answer.headers


async def test_what_is_left_is_shown_to_the_one_who_logged_in(venue: Venue) -> None:
    (code,) = await venue.vouchers()
    guest, stranger = venue.guest(), venue.guest()
    await guest.post(venue.path(userurl="http://news.example/"), data={"action": "voucher", "code": code})
    page = said(await guest.get(venue.path("success")))
    assert "You are online." in page
    assert "1.00 GB left of 1.00 GB" in page
    assert "Continue to news.example" in page
    assert code in page
    other = said(await stranger.get(venue.path("success")))
    assert "1.00 GB" not in other
    assert code not in other


async def test_a_guest_logs_out_by_way_of_the_router(venue: Venue) -> None:
    (code,) = await venue.vouchers()
    guest = venue.guest()
    await guest.post(venue.path(), data={"action": "voucher", "code": code})
    answer = await guest.post(venue.path("success"), data={"action": "logout"})
    assert sent_to(answer) == ("http://10.1.0.1:3990/logoff", {})
    assert "spotfi_guest" not in guest.cookies
    assert "You are logged out." in said(await guest.get(venue.path("logoff")))


async def test_each_refusal_is_told_in_words(venue: Venue, clock: ManualClock) -> None:
    guest = venue.guest()
    expired, revoked, early = [
        (await venue.vouchers(1, **changes))[0]
        for changes in (
            {"valid_until": (clock.now() + timedelta(hours=1)).isoformat()},
            {"note": "revoked"},
            {"valid_from": (clock.now() + timedelta(days=2)).isoformat()},
        )
    ]
    batches = (await venue.owner.get("/voucher-batches"))["items"]
    of_revoked = next(batch for batch in batches if batch["valid_from"] is None and batch["valid_until"] is None)
    await venue.owner.post(f"/voucher-batches/{of_revoked['id']}/revoke", {}, expect=200)
    clock.advance(timedelta(hours=2))
    told = {}
    for code in (expired, revoked, early, "0000-0000-0000"):
        told[code] = said(await guest.post(venue.path(), data={"action": "voucher", "code": code}))
    assert "Your access ended on 15 November 2026 at 14:00." in told[expired]
    assert "was switched off" in told[revoked]
    assert "valid from 17 November 2026 at 13:00 on" in told[early]
    assert "We do not know this code." in told["0000-0000-0000"]
    form = {"action": "account", "username": "nobody", "password": "wrong"}
    assert "The user name or the password is wrong." in said(await guest.post(venue.path(), data=form))


async def test_a_used_up_voucher_says_so_and_a_second_one_is_taken(venue: Venue, database: Database) -> None:
    empty, second = await venue.vouchers(2)
    await use_up(database, empty)
    guest = venue.guest()
    refused = await guest.post(venue.path(), data={"action": "voucher", "code": empty})
    assert "Your data volume is used up." in said(refused)
    assert "It starts afresh on 16 November 2026." in said(refused)
    _, fields = sent_to(await guest.post(venue.path(), data={"action": "voucher", "code": second}))
    assert fields["username"] == second.replace("-", "")


async def test_who_is_online_is_told_when_nothing_is_left(venue: Venue, database: Database) -> None:
    (code,) = await venue.vouchers()
    guest = venue.guest()
    await guest.post(venue.path(), data={"action": "voucher", "code": code})
    await use_up(database, code)
    page = said(await guest.get(venue.path("success")))
    assert "Your data volume is used up." in page
    assert "0 B left of 1.00 GB" in page
    assert "Use another voucher" in page


async def test_a_router_that_says_online_logs_out_before_another_login(venue: Venue) -> None:
    one, other = await venue.vouchers(2)
    guest = venue.guest()
    await guest.post(venue.path(), data={"action": "voucher", "code": one})
    url, _ = sent_to(await guest.post(venue.path("already"), data={"action": "voucher", "code": other}))
    assert url == "http://10.1.0.1:3990/logoff"
    assert f'value="{other}"' in (await guest.get(venue.path("logoff"))).text


async def test_the_code_of_a_qr_comes_along_to_the_router(venue: Venue) -> None:
    (code,) = await venue.vouchers()
    guest = venue.guest()
    page = await guest.get(f"/portal/{venue.owner.host_id}", params={"code": code})
    assert f'value="{code}"' in page.text
    url, _ = sent_to(await guest.post(f"/portal/{venue.owner.host_id}", data={"action": "voucher", "code": code}))
    assert url == "http://192.0.2.1/"
    assert f'value="{code}"' in (await guest.get(venue.path())).text


async def test_a_voucher_that_is_of_no_use_is_not_filled_in_again(venue: Venue, database: Database) -> None:
    first, second = await venue.vouchers(2)
    guest = venue.guest()
    await guest.post(venue.path(), data={"action": "voucher", "code": first})
    assert f'value="{first}"' in (await guest.get(venue.path())).text
    await use_up(database, first)
    assert f'value="{first}"' not in (await guest.get(venue.path())).text
    page = await guest.get(f"/portal/{venue.owner.host_id}", params={"code": second})
    assert f'value="{second}"' in page.text


async def test_the_page_speaks_the_browsers_language(venue: Venue) -> None:
    page = await venue.guest(**{"Accept-Language": "ar-EG, en;q=0.5"}).get(venue.path())
    assert '<html lang="ar" dir="rtl">' in page.text
    await venue.owner.patch(f"/hosts/{venue.owner.host_id}", {"language": "fr"})
    assert "Code du ticket" in said(await venue.guest().get(venue.path()))


async def test_a_failed_login_is_explained(venue: Venue, admin: Person) -> None:
    (code,) = await venue.vouchers()
    guest = venue.guest()
    page = await guest.get(venue.path("failed", reply="Your data volume is used up."))
    assert "Your data volume is used up." in said(page)
    await guest.post(venue.path(), data={"action": "voucher", "code": code})
    batch = (await venue.owner.get("/voucher-batches"))["items"][0]
    await venue.owner.post(f"/voucher-batches/{batch['id']}/revoke", {}, expect=200)
    assert "was switched off" in said(await guest.get(venue.path("failed")))


async def test_a_router_that_does_not_say_why_is_helped_out(venue: Venue, database: Database) -> None:
    (code,) = await venue.vouchers()
    await use_up(database, code)
    attempt = {
        "id": str(new_id()),
        "at": venue.town.app.state.clock.now(),
        "router": venue.router_id,
        "host": venue.owner.host_id,
        "name": code.replace("-", ""),
    }
    async with database.unit_of_work() as session:
        await session.execute(text(ATTEMPT), attempt)
    assert "Your data volume is used up." in said(await venue.guest().get(venue.path("failed")))
    venue.nas.mac = "02-00-00-00-00-02"
    assert "Something went wrong" in said(await venue.guest().get(venue.path("failed")))


async def test_a_quota_of_time_is_shown_and_told_as_time(town: Town, database: Database) -> None:
    venue = await open_venue(town, quota_bytes=None, quota_s=3600, quota_up_bytes=10**9)
    (code,) = await venue.vouchers()
    guest = venue.guest()
    await guest.post(venue.path(), data={"action": "voucher", "code": code})
    await use_up(database, code, used_bytes=0, used_s=1800)
    page = said(await guest.get(venue.path("success")))
    assert "30 min left of 1 h 0 min" in page
    assert "Upload: 1.00 GB left" in page
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE quota_balances SET used_s = 3600"))
    assert "Your online time is used up." in said(await guest.get(venue.path("success")))


async def test_who_is_slowed_down_is_told(town: Town, database: Database) -> None:
    slow: dict[str, Any] = {"at_limit": "throttle", "throttle_up_bps": 64_000, "throttle_down_bps": 64_000}
    venue = await open_venue(town, **slow)
    (code,) = await venue.vouchers()
    await use_up(database, code)
    guest = venue.guest()
    url, _ = sent_to(await guest.post(venue.path(), data={"action": "voucher", "code": code}))
    assert url == "http://10.1.0.1:3990/logon"
    page = said(await guest.get(venue.path("success")))
    assert "You are online." in page
    assert "0 B left of 1.00 GB" in page
    assert "You may go on, more slowly." in page


async def test_time_left_is_told(venue: Venue, clock: ManualClock) -> None:
    (code,) = await venue.vouchers(1, valid_until=(clock.now() + timedelta(minutes=90)).isoformat())
    guest = venue.guest()
    await guest.post(venue.path(), data={"action": "voucher", "code": code})
    page = said(await guest.get(venue.path("success")))
    assert "Valid until 15 November 2026 at 14:30 (1 h 30 min left)" in page


async def test_the_page_has_the_hosts_name_logo_and_colours(venue: Venue) -> None:
    changes = {
        "brand_name": "Zum Löwen",
        "brand_color": "#ffdd00",
        "background_color": "#123456",
        "welcome_text": "Grüß Gott",
    }
    await venue.owner.patch(f"/hosts/{venue.owner.host_id}", changes)
    await venue.owner.call("PUT", f"/hosts/{venue.owner.host_id}/logo", content=PNG, expect=204)
    guest = venue.guest()
    page = await guest.get(venue.path())
    assert "Zum Löwen" in said(page)
    assert "Grüß Gott" in said(page)
    assert "--brand:#ffdd00;--on-brand:#000000" in page.text
    logo = await guest.get(f"/portal/{venue.owner.host_id}/logo")
    assert (logo.content, logo.headers["content-type"]) == (PNG, "image/png")


async def test_a_page_is_small_and_allows_no_script(venue: Venue) -> None:
    page = await venue.guest().get(venue.path())
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "<script" not in page.text
    assert len(page.content) < 30_000
    assert page.headers["cache-control"] == "no-store"


async def test_the_page_is_below_the_router_too(venue: Venue) -> None:
    page = await venue.guest().get(f"/portal/{venue.nas.nas_identifier}")
    assert "Café Central" in said(page)
    assert (await venue.guest().get("/portal/sf-nowhere")).status_code == 404
    assert "no page for a hotspot" in said(await venue.guest().get("/portal/sf-nowhere"))
