"""The supervisor with small real programs: what crashes is started again, what must stop stops, nothing is left behind."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from spotfi_cloud.entrypoints.embedded.child import child_argv
from spotfi_cloud.entrypoints.embedded.output import Output
from spotfi_cloud.entrypoints.embedded.program import Program
from spotfi_cloud.entrypoints.embedded.supervisor import Supervisor

OBEDIENT = "import time; print('up', flush=True); time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = "import subprocess, sys, time; subprocess.Popen(['sleep', '60']); print('up', flush=True); time.sleep(60)"
CRASHING = "print('up', flush=True); raise SystemExit(3)"


def program(name: str, code: str) -> Program:
    return Program(name, lambda: child_argv((sys.executable, "-c", code)), dict(os.environ))


async def eventually(look: Callable[[], object], within_s: float = 30) -> None:
    end = time.monotonic() + within_s
    while not look():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def group_of(leader: int) -> list[int]:
    """Every process of the group, zombies aside."""
    found = subprocess.run(["ps", "-eo", "pid=,pgid="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in found.splitlines())
    return [int(pid) for pid, group in rows if int(group) == leader and alive(int(pid))]


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
async def supervisor(said: io.StringIO) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(Output(said))
    yield supervisor
    await supervisor.stop()


def ups(said: io.StringIO) -> int:
    return sum(json.loads(line)["event"] == "up" for line in said.getvalue().splitlines())


async def test_a_crashed_program_is_started_again_with_growing_waits(supervisor: Supervisor, said: io.StringIO) -> None:
    began = time.monotonic()
    running = supervisor.start(program("role", CRASHING))
    await eventually(lambda: ups(said) >= 3)
    assert running.endings >= 2
    assert time.monotonic() - began >= 0.5 + 1.0


async def test_a_killed_program_is_started_again_as_another_process(supervisor: Supervisor, said: io.StringIO) -> None:
    running = supervisor.start(program("role", OBEDIENT))
    await eventually(lambda: ups(said) == 1)
    first = running.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: ups(said) == 2)
    assert running.pid != first


async def test_a_program_that_cannot_be_started_is_tried_again(supervisor: Supervisor) -> None:
    running = supervisor.start(Program("role", lambda: ["/nonexistent"], {}))
    await eventually(lambda: running.endings >= 2)


async def test_stopping_takes_all_down_within_five_seconds_also_the_deaf_and_grandchildren(
    supervisor: Supervisor, said: io.StringIO
) -> None:
    codes = {"obedient": OBEDIENT, "deaf": DEAF, "parent": PARENT, "crashing": CRASHING}
    running = [supervisor.start(program(name, code)) for name, code in codes.items()]
    database = supervisor.start(program("database", DEAF), foundation=True)
    await eventually(lambda: ups(said) >= 5)
    pids = [each.pid for each in (*running, database) if each.pid]
    assert any(len(group_of(pid)) > 1 for pid in pids)
    began = time.monotonic()
    await supervisor.stop()
    assert time.monotonic() - began < 10  # of five seconds that are meant: this machine may be busy
    assert [member for pid in pids for member in group_of(pid)] == []


async def test_what_the_others_stand_on_stops_last(supervisor: Supervisor, said: io.StringIO) -> None:
    farewell = (
        "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(print('bye', flush=True)))\n"
    )
    slow = farewell.replace("sys.exit(", "sys.exit(time.sleep(0.3) or ")
    supervisor.start(program("database", f"{farewell}{OBEDIENT}"), foundation=True)
    supervisor.start(program("role", f"{slow}{OBEDIENT}"))
    await eventually(lambda: ups(said) == 2)
    await supervisor.stop()
    await eventually(lambda: said.getvalue().count("bye") == 2)
    events = [json.loads(line) for line in said.getvalue().splitlines()]
    assert [event["role"] for event in events if event["event"] == "bye"] == ["role", "database"]


async def test_stopping_before_anything_is_up_leaves_nothing(supervisor: Supervisor) -> None:
    running = supervisor.start(program("role", OBEDIENT))
    await asyncio.sleep(0)
    await supervisor.stop()
    assert running.pid is None


def test_a_killed_supervisor_leaves_no_programs() -> None:
    code = (
        "import asyncio, os, sys\n"
        "from spotfi_cloud.entrypoints import logs\n"
        "from spotfi_cloud.entrypoints.embedded.program import Program\n"
        "from spotfi_cloud.entrypoints.embedded.supervisor import Supervisor\n"
        "async def main():\n"
        "    logs.configure('supervisor')\n"
        "    supervisor = Supervisor()\n"
        "    names = [supervisor.start(Program.of_module(name, 'http.server', dict(os.environ), '0')) for name in 'abc']\n"
        "    while not all(each.pid for each in names): await asyncio.sleep(0.02)\n"
        "    await asyncio.sleep(2)\n"
        "    print(*(each.pid for each in names), flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    argv = [sys.executable, "-c", code]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as supervisor:
        assert supervisor.stdout is not None
        pids = [int(pid) for pid in supervisor.stdout.readline().split()]
        assert len(pids) == 3
        assert all(map(alive, pids))
        supervisor.kill()
    end = time.monotonic() + 30
    while any(map(alive, pids)):
        assert time.monotonic() < end, "roles outlived their supervisor"
        time.sleep(0.02)
