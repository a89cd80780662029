"""A terminal in the browser, on a real router, through the whole product."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import psutil
import pytest

from tests.e2e.installation import Api, Installation, eventually
from tests.e2e.router import Router
from tests.e2e.terminal import Browser, dial, refused
from tests.e2e.test_fallback import Doorway


class Venue(NamedTuple):
    """A host with a router that allows terminals and one that does not, and the host's owner."""

    host: dict[str, Any]
    owner: Api
    router: Router
    router_id: str
    shy_id: str
    doorway: Doorway


def enrolled(installation: Installation, admin: Api, router: Router, host_id: str) -> str:
    body = {"name": router.directory.name, "host_id": host_id, "nas_kind": "agent", "address": None}
    created = admin.post("/routers", body)
    router.run("enroll", installation.https_url, given=created["enrolment_code"])
    router_id: str = created["id"]
    return router_id


def is_online(admin: Api, router_id: str) -> bool:
    online: bool = admin.get(f"/routers/{router_id}")["online"]
    return online


@pytest.fixture(scope="module")
def venue(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Venue]:
    admin = installation.sign_in_admin()
    host = admin.post("/hosts", {"name": "Terminal", "timezone": "UTC", "currency": "EUR"})
    account = {"email": "owner@terminal.test", "password": "a long enough one", "role": "host", "host_id": host["id"]}
    admin.post("/staff", account)
    owner = installation.sign_in(account["email"], account["password"])
    folder = tmp_path_factory.mktemp("routers")
    router = Router(folder / "open", allow_terminal="1", fallback_after_s="60")
    shy = Router(folder / "shy")
    open_id, shy_id = (enrolled(installation, admin, each, host["id"]) for each in (router, shy))
    doorway = Doorway(installation.mqtt_tls_port)
    router.point_primary_at(doorway.port)
    for each in (router, shy):
        each.start()
    for router_id in (open_id, shy_id):
        eventually("it is online", partial(is_online, admin, router_id), within_s=60)
    yield Venue(host, owner, router, open_id, shy_id, doorway)
    doorway.shut()
    for each in (router, shy):
        each.stop()


def running(router: Router) -> list[str]:
    """The names of what runs below the agent."""
    names = []
    for each in psutil.Process(router.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            if each.status() != psutil.STATUS_ZOMBIE:
                names.append(each.name())
    return names


def entries(admin: Api, terminal_id: str) -> list[dict[str, Any]]:
    """What the audit log says of a terminal, oldest first."""
    found: list[dict[str, Any]] = admin.get("/audit", kind="terminal_sessions", subject_id=terminal_id)["items"]
    return found[::-1]


def test_typed_shown_resized_interrupted_and_exited(installation: Installation, admin: Api, venue: Venue) -> None:
    browser = Browser.open(installation, venue.owner, venue.router_id, "columns=100&rows=30")
    assert browser.told[0]["type"] == "opened"
    browser.type("stty size; tty\n")
    browser.shows("30 100")
    browser.shows("/dev/pts/")
    browser.resize(140, 50)
    browser.type("stty size\n")
    browser.shows("50 140")
    browser.type("sleep 1000\n")
    eventually("it sleeps", lambda: "sleep" in running(venue.router), within_s=30)
    browser.type("\x03")
    eventually("it does not", lambda: "sleep" not in running(venue.router), within_s=30)
    browser.type("yes\n")
    browser.shows("y\r\ny\r\ny")
    browser.type("\x03")
    browser.type("printf '\\303\\244\\n'; sleep 1001 & exit 3\n")
    assert browser.end() == {"type": "exit", "status": 3}
    assert browser.close_code == 1000
    assert "ä\r\n".encode() in browser.shown
    eventually("nothing is left", lambda: not running(venue.router), within_s=30)
    asked, opened, closed = entries(admin, browser.told[0]["id"])
    me = venue.owner.get("/auth/me")
    for entry in (asked, opened, closed):
        assert (entry["actor_id"], entry["address"]) == (me["id"], "127.0.0.1")
    assert asked["after"]["router_id"] == venue.router_id
    assert asked["after"]["ticket_hash"] == "•••"
    assert opened["after"]["opened_at"]
    after = closed["after"]
    assert (after["end_reason"], after["exit_status"]) == ("exited", 3)
    assert after["closed_at"] > opened["after"]["opened_at"]
    assert after["shown_bytes"] == len(browser.shown)
    assert after["typed_bytes"] == browser.typed_bytes


def test_a_keystroke_is_back_in_no_time(installation: Installation, venue: Venue) -> None:
    browser = Browser.open(installation, venue.owner, venue.router_id)
    browser.type("PS1=; stty -echo; echo quiet; cat\n")
    browser.shows("quiet\r\n")
    time.sleep(0.2)
    took_ms = []
    for number in range(40):
        began = time.perf_counter()
        browser.type(f"<{number}>\n")
        browser.shows(f"<{number}>\r\n")
        took_ms.append((time.perf_counter() - began) * 1000)
    print(f"keystroke to echo: median {statistics.median(took_ms):.1f} ms, worst {max(took_ms):.1f} ms")
    assert statistics.median(took_ms) < 500  # of 100 that are meant: this machine may be busy
    browser.leave()


def test_who_leaves_leaves_nothing_behind(installation: Installation, admin: Api, venue: Venue) -> None:
    browser = Browser.open(installation, venue.owner, venue.router_id)
    browser.type("trap '' HUP; (trap '' HUP; exec sleep 1002) & sleep 1003\n")
    eventually("both sleep", lambda: running(venue.router).count("sleep") == 2, within_s=30)
    browser.leave()
    eventually("nothing is left", lambda: not running(venue.router), within_s=30)
    assert entries(admin, browser.told[0]["id"])[-1]["after"]["end_reason"] == "left"


def test_only_where_the_routers_owner_allows_it(installation: Installation, admin: Api, venue: Venue) -> None:
    browser = Browser.open(installation, venue.owner, venue.shy_id)
    refusal = browser.end()
    assert (refusal["type"], refusal["reason"]) == ("error", "not_allowed")
    assert "allow_terminal" in refusal["message"]
    assert browser.close_code == 1008
    (last,) = admin.get("/audit", kind="terminal_sessions", limit=1)["items"]
    assert last["after"]["end_reason"] == "not_allowed"


def test_a_ticket_is_good_once_and_for_its_router(installation: Installation, venue: Venue) -> None:
    ticket = venue.owner.post(f"/routers/{venue.router_id}/terminals")["ticket"]
    assert refused(installation, venue.router_id) == (401, "unauthenticated")
    assert refused(installation, venue.router_id, "guessed") == (403, "terminal_ticket_void")
    assert refused(installation, venue.shy_id, ticket) == (403, "terminal_ticket_void")
    assert refused(installation, venue.router_id, ticket, origin="https://evil.test") == (403, "forbidden")
    browser = Browser(dial(installation, venue.router_id, ticket, origin=installation.url))
    browser.wait_until("it is open", lambda: bool(browser.told))
    assert refused(installation, venue.router_id, ticket) == (403, "terminal_ticket_void")
    browser.leave()


def test_who_may(installation: Installation, admin: Api, venue: Venue) -> None:
    other = admin.post("/hosts", {"name": "Elsewhere", "timezone": "UTC", "currency": "EUR"})
    staff: dict[str, Any] = {
        "stranger": {"role": "host", "host_id": other["id"]},
        "support": {"role": "support"},
        "far": {"role": "technician", "host_ids": [other["id"]]},
        "near": {"role": "technician", "host_ids": [venue.host["id"]]},
    }
    for name, more in staff.items():
        admin.post("/staff", {"email": f"{name}@terminal.test", "password": "a long enough one", **more})
    expected = {"stranger": 404, "support": 403, "far": 404}
    for name, status in expected.items():
        api = installation.sign_in(f"{name}@terminal.test", "a long enough one")
        api.post(f"/routers/{venue.router_id}/terminals", expect=status)
    technician = installation.sign_in("near@terminal.test", "a long enough one")
    browser = Browser.open(installation, technician, venue.router_id)
    account = technician.get("/auth/me")["id"]
    admin.patch(f"/staff/{account}", {"disabled": True})
    end = browser.end(within_s=30)
    assert (end["type"], end["reason"]) == ("error", "login_ended")
    eventually("nothing is left", lambda: not running(venue.router), within_s=30)


def test_a_short_cut_is_bridged(installation: Installation, venue: Venue) -> None:
    browser = Browser.open(installation, venue.owner, venue.router_id)
    browser.type("for n in 1 2 3 4 5 6 7 8; do echo n$n; sleep 0.5; done\n")
    browser.shows("n2\r\n")
    venue.doorway.shut()
    time.sleep(1)
    venue.doorway.open()
    browser.shows("n8\r\n", within_s=30)
    assert browser.shown.count(b"n4\r\n") == 1
    browser.type("echo $((40 + 2))\n")
    browser.shows("42\r\n")
    browser.leave()


def test_through_the_fallback(
    installation: Installation, admin: Api, venue: Venue, new_router: Callable[..., Router]
) -> None:
    router = new_router("narrow", allow_terminal="1", fallback_after_s="1")
    router_id = enrolled(installation, admin, router, venue.host["id"])
    venue.owner.post(f"/routers/{router_id}/terminals", expect=409)
    router.point_primary_at(9)
    router.start()
    eventually("it is online", partial(is_online, admin, router_id), within_s=60)
    assert admin.get(f"/routers/{router_id}")["agent"]["transport"] == "websocket"
    browser = Browser.open(installation, admin, router_id)
    browser.type("echo $((20 + 3))\n")
    browser.shows("23\r\n")
    router.stop()
    assert browser.end()["reason"] == "stopped"
