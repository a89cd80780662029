"""The network comes up while the agent waits out a long pause: the package's hotplug script sends SIGUSR1."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tests.integration.agent.peers import Certificates

AGENT = Path(sys.executable).parent / "spotfi-agent"


@pytest.fixture
def cut_off_router(tmp_path: Path, certificates: Certificates) -> Path:
    """The state directory of a router whose cloud is not there, and which then pauses for hours."""
    nowhere = "127.0.0.1"  # nothing listens on port 1
    identity = {
        "router_id": str(uuid4()),
        "device_key": "key",
        "mqtt_host": nowhere,
        "mqtt_port": 1,
        "websocket_url": f"wss://{nowhere}:1/mqtt",
        "ca_pem": certificates.ca_pem,
    }
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (state / "identity.json").write_text(json.dumps(identity))
    (state / "config.ini").write_text("[agent]\nbackoff_first_s = 1000000\nbackoff_most_s = 1000000\n")
    return state


def attempts(state: Path) -> int:
    log = state / "run" / "agent.log"
    return log.read_text().count("link_failed") if log.exists() else 0


def wait_for_attempts(state: Path, count: int) -> None:
    end = time.monotonic() + 30
    while attempts(state) < count:
        assert time.monotonic() < end, f"{attempts(state)} attempts, not {count}"
        time.sleep(0.05)


def test_a_signal_makes_a_waiting_agent_dial_at_once(cut_off_router: Path) -> None:
    with subprocess.Popen([AGENT, "--dir", cut_off_router, "run"], stderr=subprocess.DEVNULL) as agent:
        wait_for_attempts(cut_off_router, 2)  # the second comes soon after the first; then the pauses grow
        time.sleep(0.5)
        assert attempts(cut_off_router) == 2
        agent.send_signal(signal.SIGUSR1)
        wait_for_attempts(cut_off_router, 3)
        agent.terminate()
        assert agent.wait(30) == 0
