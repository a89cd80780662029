"""More bad days: no memory, another router's messages, a clock that jumps, and a journal killed while it is written."""

import asyncio
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from spotfi_agent.spool.journal import Entry, Journal
from spotfi_protocol.messages import ResultState
from spotfi_protocol.topics import Up
from tests.integration.agent.peers import Broker, Certificates, Loop, SmallCloud, Tunnel, eventually
from tests.integration.agent.router import AGENT_SOURCES, Router

NewRouter = Callable[..., Router]
_YEAR_S = 365 * 86_400


def counting(folder: Path, then: str = "true") -> str:
    """A kick command that leaves the session's name each time it runs."""
    script = folder / "count.sh"
    script.write_text(f'#!/bin/sh\necho "$1" >> {folder}/count\n{then}\n')
    script.chmod(0o755)
    return f"{script} {{acct_session_id}}"


def virtual_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


def findings(router: Router) -> dict[str, bool]:
    return {each["check"]: each["is_well"] for each in json.loads(router.call("doctor", "--json").stdout)}


def test_without_memory_for_a_thread_the_agent_says_so_and_lives_on(
    new_router: NewRouter, cloud: SmallCloud, tmp_path: Path
) -> None:
    router = new_router(kick_command=counting(tmp_path))
    router.start()
    eventually("samples", lambda: cloud.batches)
    most = (virtual_bytes(router.pid) + 2 * 1024 * 1024, resource.RLIM_INFINITY)
    resource.prlimit(router.pid, resource.RLIMIT_AS, most)
    refused_id = cloud.order(router.router_id, "kick", acct_session_id="none")
    result = eventually("refused", lambda: cloud.final(refused_id))
    assert result.state is ResultState.FAILED
    assert result.detail["message"] == "The router has no memory left to carry it out; nothing was done."
    eventually("the status tells", lambda: router.status().get("memory_short"))
    assert not findings(router)["memory"]
    known = len(cloud.batches)
    eventually("telemetry goes on", lambda: len(cloud.batches) > known + 1)
    resource.prlimit(router.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    later_id = cloud.order(router.router_id, "kick", acct_session_id="room")
    assert eventually("runs again", lambda: cloud.final(later_id)).state is ResultState.SUCCEEDED
    assert (tmp_path / "count").read_text() == "room\n"
    eventually("the status is well", lambda: not router.status()["memory_short"])
    assert findings(router)["memory"]


def test_messages_for_another_router_are_counted_and_not_obeyed(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker
) -> None:
    """This router's session at the broker is subscribed to another's messages, as a broker's fault might have it."""
    router, other = new_router(), uuid4()
    intruder = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=str(router.router_id), clean_session=False)
    subscribed: list[int] = []

    def subscribe(*_: object) -> None:
        intruder.subscribe(f"spotfi/v1/{other}/down/#", qos=1)

    intruder.on_connect = subscribe
    intruder.on_subscribe = lambda *_: subscribed.append(1)
    intruder.connect("127.0.0.1", broker.plain_port)
    intruder.loop_start()
    eventually("subscribed", lambda: subscribed)
    intruder.disconnect()
    intruder.loop_stop()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    foreign_id = cloud.order(other, "reboot")
    eventually("it came here", lambda: router.status()["messages_dropped"] >= 1)
    own_id = cloud.order(router.router_id, "dns", name="localhost")
    eventually("own commands run", lambda: cloud.final(own_id))
    assert cloud.final(foreign_id) is None
    assert not router.reboots_path.exists()


class JumpingRouter(Router):
    """A router whose wall clock is off by the seconds in a file."""

    def jump(self, seconds: int) -> None:
        draft = self.directory / "off.new"
        draft.write_text(str(seconds))
        draft.replace(self.directory / "off")

    def argv(self) -> list[str]:
        program = (
            "import pathlib, sys, time\n"
            f"off, real = pathlib.Path({str(self.directory / 'off')!r}), time.time_ns\n"
            "time.time_ns = lambda: real() + int(off.read_text()) * 10**9\n"
            "from spotfi_agent.__main__ import main\n"
            "sys.exit(main())"
        )
        return [sys.executable, "-c", program, "--dir", str(self.directory)]


@pytest.fixture
def jumping_router(tmp_path: Path, broker: Broker, tunnel: Tunnel) -> Iterator[JumpingRouter]:
    router = JumpingRouter(
        tmp_path / "jumping", kick_command=counting(tmp_path, 'case "$1" in running | first) sleep 3 ;; esac')
    )
    router.jump(0)
    router.identify(broker.certificates.ca_pem, mqtt_port=broker.tls_port, websocket_url=tunnel.url)
    broker.admit(router.router_id, router.key)
    yield router
    router.stop()
    print(router.log())


def test_a_clock_that_jumps_by_years_moves_no_deadline_that_runs(
    jumping_router: JumpingRouter, cloud: SmallCloud, tmp_path: Path
) -> None:
    router, count = jumping_router, tmp_path / "count"

    def kick(name: str, expires_in_s: int = 60) -> UUID:
        return cloud.order(router.router_id, "kick", expires_in_s=expires_in_s, acct_session_id=name)

    def ended(command_id: UUID) -> ResultState:
        return eventually("an end", lambda: cloud.final(command_id)).state

    router.start()
    eventually("hello", lambda: cloud.hellos)
    running = kick("running")
    eventually("it runs", count.exists)
    router.jump(20 * _YEAR_S)
    assert ended(running) is ResultState.SUCCEEDED
    assert ended(kick("ahead")) is ResultState.EXPIRED  # a clock that may be right is believed; nothing has happened
    assert not findings(router)["clock"]
    router.jump(-30 * _YEAR_S)
    assert ended(kick("behind")) is ResultState.SUCCEEDED
    first, late = kick("first"), kick("late", expires_in_s=1)
    assert (ended(first), ended(late)) == (ResultState.SUCCEEDED, ResultState.EXPIRED)  # by the time since it came
    assert not findings(router)["clock"]
    known = len(cloud.batches)
    eventually("telemetry goes on", lambda: len(cloud.batches) > known)
    router.jump(0)
    assert ended(kick("again")) is ResultState.SUCCEEDED
    assert findings(router)["clock"]
    assert Counter(count.read_text().split()) == Counter(("running", "behind", "first", "again"))


def test_a_server_that_does_not_speak_mqtt_is_named(
    new_router: NewRouter, certificates: Certificates, loop: Loop
) -> None:
    """With the right certificate; it takes the connection and goes on with noise, on one transport as on the other."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(b"\x20\x02\x00\x00" + b"\xff\xfe\x00noise" * 500)
        await writer.drain()
        await reader.read()
        writer.close()

    server = loop.do(asyncio.start_server(babble, "127.0.0.1", 0, ssl=certificates.server_context))
    port = server.sockets[0].getsockname()[1]
    router = new_router()
    router.identify(certificates.ca_pem, mqtt_port=port, websocket_url=f"wss://localhost:{port}/mqtt")
    router.start()

    def named() -> bool:
        check, problem = next(iter(router.problems().items()), ("", {}))
        return check == "MQTT" and ("is no MQTT" in problem["said"] or "contract" in problem["said"])

    eventually("the doctor names it", named, within_s=30)
    server.close()


WRITER = """
import sys
from pathlib import Path
from uuid import UUID
from spotfi_agent.spool.journal import Entry, Journal
from spotfi_protocol.topics import Up
path, first = Path(sys.argv[1]), int(sys.argv[2])
journal = Journal(path, 1 << 20)
for seq in range(first, first + 100_000):
    journal.append(Entry(UUID(int=1), seq, Up.RESULT, seq.to_bytes(8, "big") * (seq % 97 * 7)))
    released = [entry.seq for entry in journal.pending()][:-25]
    for old in released:
        journal.release(UUID(int=1), old)
    if seq % 3 == 0 and journal.sync():
        print(seq, max(released, default=-1), flush=True)
"""


def test_a_journal_killed_at_random_moments_keeps_what_it_called_durable(tmp_path: Path) -> None:
    """Forty lives of one journal: what was synced is there and whole, and stays away once its release was."""
    chance, path, first = random.Random(5), tmp_path / "journal", 0
    environment = {"PYTHONPATH": str(AGENT_SOURCES)}
    lives_with_work = 0
    for _ in range(40):
        words = [sys.executable, "-S", "-c", WRITER, str(path), str(first)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as writer:
            assert writer.stdout is not None
            begun = [writer.stdout.readline() for _ in range(chance.randint(1, 8))]
            time.sleep(chance.uniform(0, 0.01))
            writer.kill()
            lines = [*begun, *writer.stdout]
        told = [tuple(map(int, line.split())) for line in lines if line.endswith("\n")]
        lives_with_work += len(told) > 1
        kept = {entry.seq: entry for entry in Journal(path, 1 << 20).pending()}
        durable, released = told[-1]
        assert set(range(max(first, durable - 21), durable + 1)) <= kept.keys()  # of these none was released later
        assert not any(seq <= released for seq in kept)
        for seq, entry in kept.items():
            assert entry == Entry(UUID(int=1), seq, Up.RESULT, seq.to_bytes(8, "big") * (seq % 97 * 7))
        first = max(kept) + 1
    assert lives_with_work > 20
