"""Event streams over real HTTP: who sees what, resuming without a gap, heartbeats, what becomes of those who do not read."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from spotfi_cloud.entrypoints.api import event_hub, streams
from tests.integration.api.conftest import PASSWORD
from tests.integration.api.fuzzing import furnish
from tests.integration.api.served import Served, serving_app

STRANGER = "stranger@hotel.test"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    with serving_app(database_url, tmp_path) as served:
        yield served


@pytest.fixture
def admin(served: Served) -> Iterator[httpx.Client]:
    with served.sign_in() as client:
        yield client


class Stream:
    """An open stream, read event by event."""

    def __init__(self, client: httpx.Client, path: str, last_id: str | None = None) -> None:
        headers = {} if last_id is None else {"Last-Event-ID": last_id}
        self._context = client.stream("GET", path, headers=headers)
        self.response = self._context.__enter__()
        assert self.response.status_code == 200, self.response.read()
        assert self.response.headers["content-type"].startswith("text/event-stream")
        self._lines = self.response.iter_lines()
        self.last_id = last_id

    def next(self) -> tuple[str, str]:
        """(kind, data) of the next event; what is none is passed over."""
        kind, data = "", []
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                data.append(value)
            elif name == "id":
                self.last_id = value
            elif not line and kind:
                return kind, "\n".join(data)
        raise EOFError

    def lines(self, count: int) -> list[str]:
        return [next(self._lines) for _ in range(count)]

    def ready(self) -> "Stream":
        """Past its beginning, when it hears everything."""
        while self.last_id is None:
            name, _, value = next(self._lines).partition(": ")
            self.last_id = value if name == "id" else None
        return self

    def close(self) -> None:
        self._context.__exit__(None, None, None)


def order(client: httpx.Client, router_id: str) -> Any:
    body = {"kind": "logs", "args": {"lines": 1}, "deadline_s": 60}
    return client.post(f"/routers/{router_id}/commands", json=body).raise_for_status().json()


def cancel(client: httpx.Client, command: Any) -> None:
    client.post(f"/commands/{command['id']}/cancel").raise_for_status()


def test_what_happens_is_told_to_those_whose_it_is(served: Served, admin: httpx.Client) -> None:
    ids = furnish(admin)
    other = admin.post("/hosts", json={"name": "Hotel", "timezone": "UTC", "currency": "EUR"}).json()
    account = {"email": STRANGER, "password": PASSWORD, "role": "host", "host_id": other["id"]}
    admin.post("/staff", json=account).raise_for_status()
    with served.sign_in(STRANGER) as stranger:
        seen, unseen = Stream(admin, "/events").ready(), Stream(stranger, "/events").ready()
        command = order(admin, ids["router_id"])
        cancel(admin, command)
        kind, data = seen.next()
        told = json.loads(data)
        assert (kind, told["subject_id"], told["host_id"]) == ("command.queued", command["id"], ids["host_id"])
        assert told["at"].endswith("Z")
        assert seen.next()[0] == "command.cancelled"
        mine = admin.post("/routers", json={"name": "Lobby", "nas_kind": "agent", "host_id": other["id"]}).json()
        order(admin, mine["id"])
        assert json.loads(unseen.next()[1])["router_id"] == mine["id"], "and nothing before"
        assert stranger.get(f"/routers/{ids['router_id']}/live/stream").status_code == 404
        assert stranger.get(f"/commands/{command['id']}/output/stream").status_code == 404
        seen.close()
        unseen.close()


def test_a_stream_resumes_where_it_ended(admin: httpx.Client) -> None:
    ids = furnish(admin)
    stream = Stream(admin, "/events").ready()
    first = order(admin, ids["router_id"])
    assert stream.next()[0] == "command.queued"
    stream.close()
    cancel(admin, first)
    second = order(admin, ids["router_id"])
    resumed = Stream(admin, "/events", stream.last_id)
    assert [json.loads(resumed.next()[1])["subject_id"] for _ in range(2)] == [first["id"], second["id"]]
    cancel(admin, second)
    assert resumed.next()[0] == "command.cancelled"
    resumed.close()
    for odd in ("x", "1", "-1-2", "1-", "9" * 90):
        assert admin.get("/events", headers={"Last-Event-ID": odd}).status_code == 422


def test_events_of_transactions_that_commit_out_of_order_are_all_told(admin: httpx.Client, database_url: str) -> None:
    ids = furnish(admin)
    stream = Stream(admin, "/events").ready()
    insert = "INSERT INTO events (kind, host_id, subject_id, data) VALUES (%s, %s, %s, '{}')"
    notify = "SELECT pg_notify('events', '')"
    with psycopg.connect(database_url) as early, psycopg.connect(database_url) as late:
        early.execute(insert, ("early", ids["host_id"], ids["host_id"]))
        late.execute(insert, ("late", ids["host_id"], ids["host_id"]))
        late.execute(notify)
        late.commit()
        time.sleep(0.3)
        early.execute(notify)
        early.commit()
    assert [stream.next()[0] for _ in range(2)] == ["early", "late"]
    stream.close()


def test_a_quiet_stream_has_a_heartbeat_and_an_end(admin: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.1)
    monkeypatch.setattr(streams, "MAX_LIFE_S", 1.0)
    stream = Stream(admin, "/events").ready()
    assert any(line.startswith(":") for line in stream.lines(4))
    with pytest.raises(EOFError):
        stream.next()


def test_who_does_not_read_is_dropped(
    served: Served, admin: httpx.Client, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SEND_TIMEOUT_S", 1.0)
    ids = furnish(admin)
    address = urlsplit(served.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as lazy:
        token = admin.headers["Authorization"]
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n\r\n".encode())
        hub: event_hub.EventHub | None = None
        wait_until(lambda: hasattr(served.app.state, "event_hub") and len(served.app.state.event_hub._listeners) == 1)
        hub = served.app.state.event_hub
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "INSERT INTO events (kind, host_id, subject_id, data) SELECT 'much', %s, %s, "
                "jsonb_build_object('text', repeat('x', 7000)) FROM generate_series(1, 2000)",
                (ids["host_id"], ids["host_id"]),
            )
        assert hub is not None
        wait_until(lambda: not hub._listeners)
    assert admin.get("/auth/me").status_code == 200


def wait_until(condition: Any, within_s: float = 30) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_routers_page_and_a_commands_output_come_live(admin: httpx.Client, database_url: str) -> None:
    ids = furnish(admin)
    live = Stream(admin, f"/routers/{ids['router_id']}/live/stream")
    kind, data = live.next()
    assert (kind, json.loads(data)["online"]) == ("router", False)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO router_presence (router_id, online, ended, changed_at, last_seen_at) "
            "VALUES (%s, true, false, now(), now())",
            (ids["router_id"],),
        )
    assert json.loads(live.next()[1])["online"] is True
    live.close()

    def pieces(numbers: range) -> None:
        with psycopg.connect(database_url) as connection:
            for number in numbers:
                values = (ids["command_id"], number, f"line {number}\nand more".encode())
                connection.execute("INSERT INTO command_output (command_id, piece, data) VALUES (%s, %s, %s)", values)

    pieces(range(2))
    path = f"/commands/{ids['command_id']}/output/stream"
    output = Stream(admin, path)
    assert [output.next() for _ in range(2)] == [("output", f"line {number}\nand more") for number in range(2)]
    output.close()
    pieces(range(2, 3))
    resumed = Stream(admin, path, output.last_id)
    assert resumed.next() == ("output", "line 2\nand more")
    admin.post(f"/commands/{ids['command_id']}/cancel").raise_for_status()
    assert resumed.next() == ("end", "cancelled")
    resumed.close()


def test_many_streams_share_one_connection_that_listens(served: Served, admin: httpx.Client, database_url: str) -> None:
    ids = furnish(admin)
    opened: list[Stream] = [Stream(admin, "/events").ready() for _ in range(20)]
    order(admin, ids["router_id"])
    assert {stream.next()[0] for stream in opened} == {"command.queued"}
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        ).fetchone()
    assert row == (1,)
    for stream in opened:
        stream.close()
    wait_until(lambda: not served.app.state.event_hub._listeners)
