"""What comes to the guests' page and is no guest: forged and foreign links, scripts, redirects elsewhere, guessed codes."""

import asyncio
from datetime import timedelta
from urllib.parse import quote, urlsplit

import httpx
import psycopg
import pytest

from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from spotfi_cloud.kernel.clock import ManualClock
from tests.integration.api.conftest import Person, Town
from tests.integration.portal.conftest import Venue, open_venue, said, sent_to

SCRIPT = "<script>alert(1)</script>"


def assert_refused(answer: httpx.Response, words: str) -> None:
    assert answer.status_code == 422, answer.text
    assert words in said(answer)
    assert "refresh" not in answer.headers


@pytest.mark.parametrize("kind", ["uspot", "coovachilli"])
async def test_a_forged_md_is_refused(town: Town, kind: str) -> None:
    venue = await open_venue(town, kind=kind)
    guest, path = venue.guest(), venue.path()
    unsigned = venue.nas.unsigned("notyet").removeprefix("https://spotfi.test:8443")
    other = path.replace("02-00-00-00-00-01", "02-00-00-00-00-02").replace("02:00:00:00:00:01", "02:00:00:00:00:02")
    more = f"{path}&uamip=10.9.9.9"
    wrong = path[:-1] + ("0" if path[-1] != "0" else "1")
    for forged in (
        unsigned,
        other,
        wrong,
        f"{unsigned}&md={'0' * 32}",
        f"{unsigned}&md=",
        path.replace("3990", "3991"),
    ):
        assert_refused(await guest.get(forged), "not signed by the hotspot")
        assert_refused(await guest.post(forged, data={"action": "voucher", "code": "x"}), "not signed by the hotspot")
    assert (await guest.get(more)).status_code == 422
    assert (await guest.get(path)).status_code == 200


async def test_what_the_browser_escaped_is_signed_all_the_same(town: Town) -> None:
    venue = await open_venue(town, kind="uspot")
    path = venue.path(ssid="Café Central Gäste")
    assert " " in path
    assert (await venue.guest().get(quote(path, safe="/?&=:%-"))).status_code == 200


async def test_a_foreign_routers_parameters_are_refused(town: Town, venue: Venue) -> None:
    other = await open_venue(town, "Hotel Post")
    guest = venue.guest()
    on_our_page = other.path().replace(str(other.owner.host_id), str(venue.owner.host_id))
    assert_refused(await guest.get(on_our_page), "from another hotspot")
    venue.nas.nas_identifier = "sf-unknown"
    assert_refused(await guest.get(venue.path()), "from another hotspot")
    other.nas.secret = venue.nas.secret
    assert_refused(await guest.get(other.path()), "not signed by the hotspot")


async def test_a_guest_of_one_venue_is_a_stranger_on_the_page_of_another(town: Town, venue: Venue) -> None:
    other = await open_venue(town, "Hotel Post")
    (code,) = await venue.vouchers()
    guest = venue.guest()
    await guest.post(venue.path(), data={"action": "voucher", "code": code})
    assert code in said(await guest.get(venue.path("success")))
    assert code not in said(await guest.get(other.path("success")))


async def test_guests_are_sent_to_no_public_address(venue: Venue) -> None:
    for address in ("93.184.216.34", "127.0.0.1", "0.0.0.0", "[::1]", "2001:db8::1", "fd00::1%eth0"):
        venue.nas.address = address
        answer = await venue.guest().post(venue.path(), data={"action": "voucher", "code": "x"})
        assert answer.status_code == 422, address
        assert "refresh" not in answer.headers


async def test_a_router_may_be_at_the_address_it_is_known_by(venue: Venue) -> None:
    await venue.owner.patch(f"/routers/{venue.router_id}", {"address": "93.184.216.34"})
    venue.nas.address = "93.184.216.34"
    assert (await venue.guest().get(venue.path())).status_code == 200


async def test_values_of_another_form_are_refused(venue: Venue) -> None:
    url = venue.nas.unsigned("notyet")
    good = dict(pair.split("=", 1) for pair in url.split("?")[1].split("&"))
    for change in (
        {"uamport": "0"},
        {"uamport": "65536"},
        {"uamport": "80/evil"},
        {"uamip": "10.1.0.1@evil.example"},
        {"uamip": "evil.example"},
        {"challenge": "zz"},
        {"challenge": "0" * 130},
        {"mac": "nobody"},
        {"nasid": ""},
        {"res": "welcome"},
    ):
        query = "&".join(f"{name}={value}" for name, value in (good | change).items())
        assert_refused(await venue.guest().get(f"{urlsplit(url).path}?{query}"), "is broken")


async def test_the_page_leads_to_web_addresses_only(venue: Venue) -> None:
    (code,) = await venue.vouchers()
    guest = venue.guest()
    for target in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "http://user:pw@evil.example/",
        "http://[",
        "ftp://x/",
    ):
        _, fields = sent_to(await guest.post(venue.path(userurl=target), data={"action": "voucher", "code": code}))
        assert "userurl" not in fields, target
        assert "Continue to" not in said(await guest.get(venue.path("success")))


async def test_without_a_secret_the_page_leads_nowhere(venue: Venue) -> None:
    await venue.owner.delete(f"/routers/{venue.router_id}/uam-secret")
    venue.nas.secret = ""
    (code,) = await venue.vouchers()
    guest = venue.guest()
    path = venue.path(userurl="http://evil.example/")
    url, fields = sent_to(await guest.post(path, data={"action": "voucher", "code": code}))
    assert (url, "userurl" in fields) == ("http://10.1.0.1:3990/logon", False)
    assert "evil" not in (await guest.get(venue.path("success", userurl="http://evil.example/"))).text
    assert "Call us" not in said(await guest.get(venue.path("failed", reply="Call us")))


async def test_scripts_are_text_in_every_parameter(venue: Venue) -> None:
    guest = venue.guest()
    names = ("reply", "ssid", "userurl", "lang", "timeleft", "sessionid", SCRIPT)
    for name in names:
        page = await guest.get(venue.path("failed", **{name: SCRIPT}))
        assert "<script" not in page.text, name
    for name in ("res", "uamip", "uamport", "challenge", "mac", "nasid", "md", "code"):
        page = await guest.get(f"/portal/{venue.owner.host_id}", params={name: SCRIPT})
        assert "<script" not in page.text, name
    for form in (
        {"action": "voucher", "code": SCRIPT},
        {"action": "account", "username": SCRIPT, "password": SCRIPT},
        {"action": SCRIPT},
        {"action": "voucher", "code": SCRIPT * 100},
        {"action": "account", "username": "a\0b", "password": "x"},
    ):
        for path in (venue.path(), f"/portal/{venue.owner.host_id}"):
            page = await guest.post(path, data=form)
            assert "<script" not in page.text, form
            assert page.headers["content-type"].startswith("text/html")
            assert page.status_code < 500
    assert "<script" not in (await guest.get(f"/portal/{quote(SCRIPT)}")).text


async def test_a_hosts_words_are_text(venue: Venue) -> None:
    words = dict.fromkeys(("brand_name", "welcome_text", "support_contact"), SCRIPT)
    await venue.owner.patch(f"/hosts/{venue.owner.host_id}", words)
    assert "<script" not in (await venue.guest().get(venue.path())).text


async def test_a_replayed_link_shows_nothing_of_the_guest_it_was_made_for(venue: Venue) -> None:
    (code,) = await venue.vouchers()
    guest, thief = venue.guest(), venue.guest()
    login, online = venue.path(), venue.path("success")
    await guest.post(login, data={"action": "voucher", "code": code})
    assert code in said(await guest.get(online))
    for link in (login, online):
        assert code not in said(await thief.get(link))
        assert "refresh" not in (await thief.get(link)).headers
    # The answer proves the password to this challenge alone.
    _, fields = sent_to(await guest.post(login, data={"action": "voucher", "code": code}))
    venue.nas.challenge = bytes(16)
    assert not venue.nas.proves(fields["response"], code.replace("-", "").encode())


async def test_a_guests_cookie_is_worth_nothing_changed_or_late(venue: Venue, clock: ManualClock) -> None:
    (code,) = await venue.vouchers()
    guest = venue.guest()
    answer = await guest.post(venue.path(), data={"action": "voucher", "code": code})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = guest.cookies["spotfi_guest"]
    header, claims, signature = token.split(".")
    for forged in (f"{header}.{claims}.{signature[::-1]}", f"eyJhbGciOiJub25lIn0.{claims}.", "x", token + "x"):
        page = await venue.guest(Cookie=f"spotfi_guest={forged}").get(venue.path("success"))
        assert code not in said(page)
    clock.advance(timedelta(hours=13))
    assert code not in said(await guest.get(venue.path("success")))


async def test_a_code_typed_wrong_a_thousand_times_slows_its_device_alone(venue: Venue) -> None:
    (code,) = await venue.vouchers()
    guesser, neighbour = venue.guest(), venue.guest()
    path = venue.path()
    statuses = [
        (await guesser.post(path, data={"action": "voucher", "code": f"{number:012}"})).status_code
        for number in range(1000)
    ]
    assert statuses.count(200) <= 6
    assert set(statuses[10:]) == {429}
    slowed = await guesser.post(path, data={"action": "voucher", "code": code})
    assert "Please wait" in said(slowed)
    assert int(slowed.headers["retry-after"]) > 0
    venue.nas.mac = "02-00-00-00-00-02"  # behind the same address
    url, _ = sent_to(await neighbour.post(venue.path(), data={"action": "voucher", "code": code}))
    assert url == "http://10.1.0.1:3990/logon"


async def test_tries_at_once_are_counted_one_by_one(venue: Venue) -> None:
    guest, path = venue.guest(), venue.path()
    form = {"action": "account", "username": "ada", "password": "guess"}
    answers = await asyncio.gather(*(guest.post(path, data=form) for _ in range(20)))
    assert sum(answer.status_code == 200 for answer in answers) <= 6


async def test_the_page_has_a_sentence_while_the_database_is_away(
    venue: Venue, postgres: EmbeddedDatabase, database_url: str
) -> None:
    guest = venue.guest()
    assert (await guest.get(venue.path())).status_code == 200
    name = database_url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        for answer in (
            await guest.get(venue.path()),
            await guest.post(venue.path(), data={"action": "voucher", "code": "x"}),
        ):
            assert answer.status_code == 503
            assert "Please try again in a minute." in said(answer)
            assert "Traceback" not in answer.text
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert (await guest.get(venue.path())).status_code == 200


async def test_a_revoked_routers_links_lead_nowhere(venue: Venue, admin: Person) -> None:
    await admin.post(f"/routers/{venue.router_id}/revoke", {}, expect=200)
    assert_refused(await venue.guest().get(venue.path()), "from another hotspot")
