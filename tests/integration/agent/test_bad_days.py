"""Bad days of a router. Afterwards nothing promised is lost, no command ran twice, and the agent is back by itself."""

import asyncio
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Sized
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from spotfi_protocol.messages import ResultState
from tests.integration.agent.peers import (
    Broker,
    Certificates,
    Loop,
    SmallCloud,
    eventually,
    make_certificates,
)
from tests.integration.agent.router import Router
from tests.ports import free_port

NewRouter = Callable[..., Router]


@pytest.fixture
def count(tmp_path: Path) -> Path:
    return tmp_path / "count"


def is_more(things: Sized, number: int) -> bool:
    return len(things) > number


def counting(count: Path, then: str = "true") -> str:
    """A kick command that leaves the session's name each time it runs."""
    script = count.with_suffix(".sh")
    script.write_text(f'#!/bin/sh\necho "$1" >> {count}\n{then}\n')
    script.chmod(0o755)
    return f"{script} {{acct_session_id}}"


def test_power_cut_at_any_moment_of_a_command(new_router: NewRouter, cloud: SmallCloud, count: Path) -> None:
    chance = random.Random(7)
    router = new_router(kick_command=counting(count, "sleep 0.1"))
    ordered = []
    for number in range(8):
        router.start()
        eventually("hello", partial(is_more, cloud.hellos, number))
        ordered.append(cloud.order(router.router_id, "kick", expires_in_s=120, acct_session_id=f"s{number}"))
        time.sleep(chance.uniform(0, 0.4))
        router.kill()
    router.start()
    for command_id in ordered:
        eventually("every command has an end", partial(cloud.final, command_id), within_s=30)
    runs = Counter(count.read_text().split()) if count.exists() else Counter()
    assert all(times == 1 for times in runs.values()), runs
    for number, command_id in enumerate(ordered):
        result = cloud.final(command_id)
        assert result is not None
        assert result.state is not ResultState.SUCCEEDED or runs[f"s{number}"] == 1


def test_a_broker_that_restarts_with_results_in_flight_loses_none(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker, count: Path
) -> None:
    router = new_router(kick_command=counting(count))
    router.start()
    eventually("hello", lambda: cloud.hellos)
    ordered = []
    for number in range(12):
        ordered.append(cloud.order(router.router_id, "kick", acct_session_id=f"s{number}"))
        if number % 4 == 2:
            broker.stop()
            broker.start()
    for command_id in ordered:
        eventually("a final result", partial(cloud.final, command_id), within_s=60)
    assert Counter(count.read_text().split()) == Counter(f"s{number}" for number in range(12))


def test_a_cloud_of_a_foreign_ca_learns_nothing_and_the_right_one_is_found_again(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker, tmp_path: Path
) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    right, foreign = broker.certificates, make_certificates(tmp_path / "foreign")
    broker.stop()
    broker.certificates = foreign
    broker.start()
    eventually("refused", lambda: "verify failed" in router.status()["link"]["reason"], within_s=20)
    check, first = next(iter(router.problems().items()))
    assert check == "primary TLS"
    assert "not the one this router was enrolled with" in first["remedy"]
    broker.stop()
    broker.certificates = right
    broker.start()
    eventually("back", lambda: len(cloud.hellos) >= 2, within_s=60)


def test_another_cloud_of_the_same_ca_refuses_until_it_knows_the_router(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker
) -> None:
    router = new_router(revoked_retry_s=2)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    broker.stop()
    broker.forget_all()
    broker.start()
    eventually("refused", lambda: router.status()["link"]["state"] == "refused", within_s=30)
    ((check, problem),) = router.problems().items()
    assert (check, "this is another cloud" in problem["remedy"]) == ("MQTT", True)
    broker.admit(router.router_id, router.key)
    eventually("back", lambda: len(cloud.hellos) >= 2, within_s=60)


def test_a_full_disk_begins_nothing_and_says_so(new_router: NewRouter, cloud: SmallCloud, count: Path) -> None:
    router = new_router(kick_command=counting(count))
    router.start()
    eventually("hello", lambda: cloud.hellos)
    resource.prlimit(router.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    refused_id = cloud.order(router.router_id, "kick", acct_session_id="full")
    result = eventually("refused", lambda: cloud.final(refused_id))
    assert result.state is ResultState.FAILED
    assert "disk takes no writes" in result.detail["message"]
    assert not count.exists()
    assert next(iter(router.problems(within=("prlimit", "--fsize=0:")))) == "flash"
    resource.prlimit(router.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    later_id = cloud.order(router.router_id, "kick", acct_session_id="room")
    assert eventually("runs again", lambda: cloud.final(later_id)).state is ResultState.SUCCEEDED
    assert count.read_text() == "room\n"
    router.kill()
    router.start()
    eventually("hello again", lambda: len(cloud.hellos) >= 2)
    assert count.read_text() == "room\n"


def test_a_file_that_takes_no_more_is_named_though_the_disk_does(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    (router.directory / "remembered").mkdir()
    refused_id = cloud.order(router.router_id, "kick", acct_session_id="full")
    assert eventually("refused", lambda: cloud.final(refused_id)).state is ResultState.FAILED
    eventually("named", lambda: "does not take" in router.problems().get("flash", {}).get("said", ""))
    (router.directory / "remembered").rmdir()
    eventually("over", lambda: not router.problems())


def test_a_damaged_journal_is_no_reason_not_to_start(new_router: NewRouter, cloud: SmallCloud, count: Path) -> None:
    chance = random.Random(11)
    router = new_router(kick_command=counting(count))
    cloud.confirms = False
    router.start()
    eventually("hello", lambda: cloud.hellos)
    first_id = cloud.order(router.router_id, "kick", acct_session_id="first")
    eventually("the result", lambda: cloud.final(first_id))
    router.kill()
    cloud.confirms = True
    for name in ("journal", "remembered"):
        data = bytearray((router.directory / name).read_bytes())
        data[-1 - chance.randrange(8)] ^= 1 << chance.randrange(8)
        (router.directory / name).write_bytes(bytes(data))
    assert [*router.problems()] == ["journal", "agent"]
    router.start()
    eventually("hello again", lambda: len(cloud.hellos) >= 2)
    later_id = cloud.order(router.router_id, "kick", acct_session_id="later")
    assert eventually("works", lambda: cloud.final(later_id)).state is ResultState.SUCCEEDED
    assert Counter(count.read_text().split()) == {"first": 1, "later": 1}
    assert not router.problems()
    assert "damaged bytes cleared at the start" in router.call("doctor").stdout


class Announcer:
    """An API that tells one time of day, whatever it is asked."""

    def __init__(self, loop: Loop, certificates: Certificates, date: str) -> None:
        self._date = date
        self.port = free_port()
        self._loop = loop
        self._server: asyncio.Server = loop.do(
            asyncio.start_server(self._answer, "127.0.0.1", self.port, ssl=certificates.server_context)
        )

    def close(self) -> None:
        self._loop.do(self._close())

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(f"HTTP/1.1 200 OK\r\nDate: {self._date}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()


def test_a_clock_from_before_the_certificate_is_set_by_the_cloud_and_only_forward(
    new_router: NewRouter, broker: Broker, loop: Loop, tmp_path: Path
) -> None:
    """The certificate is valid from next week on, so to it our clock is that of a router without NTP."""
    broker.stop()
    broker.certificates = make_certificates(tmp_path / "future", days_from_now=9)
    broker.start()
    told = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    for date, is_believed in ((told, True), (told + timedelta(days=300), False), (told - timedelta(days=9), False)):
        api = Announcer(loop, broker.certificates, date.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        mark = tmp_path / f"set-{date:%j}"
        router = new_router(f"router-{date:%j}", clock_command=f"sh -c 'echo {{seconds}} > {mark}'")
        url = f"wss://localhost:{api.port}/mqtt"
        router.identify(broker.certificates.ca_pem, mqtt_port=broker.tls_port, websocket_url=url)
        router.start()
        if is_believed:
            eventually("the clock is set", lambda mark=mark: mark.exists() and mark.read_text().strip())  # type: ignore[misc]
            assert int(mark.read_text()) == int(told.timestamp())
        else:
            eventually("the refusal", lambda router=router: "not to be believed" in router.log())  # type: ignore[misc]
            assert not mark.exists()
        problems = router.problems()
        assert "clock is behind" in problems["primary TLS"]["remedy"]
        assert is_believed == ("is behind the cloud's" in problems.get("clock", {}).get("said", ""))
        router.stop()
        api.close()


def test_a_clock_years_ahead_is_named_by_the_clouds_own(
    new_router: NewRouter, broker: Broker, loop: Loop, tmp_path: Path
) -> None:
    """The certificate has expired years ago, so to it our clock is years ahead."""
    certificates = make_certificates(tmp_path / "past", days_from_now=-1000)
    broker.stop()
    broker.certificates = certificates
    broker.start()
    date = (datetime.now(UTC) - timedelta(days=990)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    api = Announcer(loop, certificates, date)
    router = new_router()
    url = f"wss://localhost:{api.port}/mqtt"
    router.identify(certificates.ca_pem, mqtt_port=broker.tls_port, websocket_url=url)
    router.start()
    eventually("refused", lambda: "certificate has expired" in router.log())
    check, first = next(iter(router.problems().items()))
    assert (check, "is ahead of the cloud's" in first["said"]) == ("clock", True)
    api.close()
