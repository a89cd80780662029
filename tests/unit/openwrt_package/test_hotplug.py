"""The hotplug script: an interface that comes up hurries the agent, and never harms it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

AGENT = """
import signal, sys
signal.signal(signal.SIGUSR1, lambda *_: print("hurried", flush=True))
print("ready", flush=True)
for line in sys.stdin:
    print("still here", flush=True)
"""


@pytest.fixture
def agent() -> Iterator[subprocess.Popen[str]]:
    """A process that handles the signal, as the agent does once it runs."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", AGENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def interface_event(router_root: Path, tmp_path: Path, action: str, interface: str, pid: int | None) -> None:
    """What hotplug-call does: source the script with the event in the environment. bash, as dash has no `kill -l NAME`."""
    pid_file = tmp_path / "agent.pid"
    if pid is not None:
        pid_file.write_text(f"{pid}\n")
    script = (router_root / "etc/hotplug.d/iface/90-spotfi").read_text()
    script = re.sub(r"/var/run/spotfi-agent\.pid", str(pid_file), script)
    environment = {"PATH": "/usr/bin:/bin", "ACTION": action, "INTERFACE": interface}
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=10, check=False, env=environment
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def answer(agent: subprocess.Popen[str]) -> str:
    """What the agent says next, after a word to it that it always answers."""
    assert agent.stdin is not None
    assert agent.stdout is not None
    agent.stdin.write("?\n")
    return agent.stdout.readline().strip()


def test_an_interface_that_comes_up_hurries_the_agent(
    router_root: Path, tmp_path: Path, agent: subprocess.Popen[str]
) -> None:
    interface_event(router_root, tmp_path, "ifup", "wan", agent.pid)
    assert answer(agent) == "hurried"


@pytest.mark.parametrize(("action", "interface"), [("ifdown", "wan"), ("ifupdate", "wan"), ("ifup", "loopback")])
def test_other_events_leave_it_alone(
    router_root: Path, tmp_path: Path, agent: subprocess.Popen[str], action: str, interface: str
) -> None:
    interface_event(router_root, tmp_path, action, interface, agent.pid)
    assert answer(agent) == "still here"


def test_a_process_that_does_not_handle_the_signal_survives(router_root: Path, tmp_path: Path) -> None:
    """The agent itself, in the second before it is ready."""
    with subprocess.Popen(["sleep", "60"]) as process:
        interface_event(router_root, tmp_path, "ifup", "wan", process.pid)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.2)
        process.kill()


def test_no_agent_no_harm(router_root: Path, tmp_path: Path) -> None:
    interface_event(router_root, tmp_path, "ifup", "wan", None)
    interface_event(router_root, tmp_path, "ifup", "wan", 2**22 + 1)
