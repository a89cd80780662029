"""Commands: at most once, whatever happens; their outcome always reaches the cloud."""

import hashlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spotfi_protocol.messages import ResultState
from spotfi_protocol.topics import Down
from tests.integration.agent.peers import Broker, Door, Loop, SmallCloud, eventually
from tests.integration.agent.router import Router

NewRouter = Callable[..., Router]


@pytest.fixture
def big_log(tmp_path: Path) -> Path:
    path = tmp_path / "big.log"
    path.write_bytes(b"".join(hashlib.sha256(n.to_bytes(4)).hexdigest().encode() + b"\n" for n in range(82_000)))
    return path


def counting(router_directory: Path) -> tuple[str, Path]:
    """A kick command that leaves a line each time it runs."""
    script, count = router_directory.parent / "count.sh", router_directory.parent / "count"
    script.write_text(f'#!/bin/sh\necho "$1 $SPOTFI_USERNAME" >> {count}\necho done\n')
    script.chmod(0o755)
    return f"{script} {{acct_session_id}}", count


def test_a_command_sent_five_times_runs_once(new_router: NewRouter, cloud: SmallCloud, tmp_path: Path) -> None:
    command, count = counting(tmp_path / "router")
    router = new_router(kick_command=command)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    guest: dict[str, Any] = {
        "username": "ada@central",
        "calling_station_id": "",
        "acct_session_id": "s 1; rm -rf /",
        "framed_ip": None,
    }
    command_id = cloud.order(router.router_id, "kick", times=5, **guest)
    result = eventually("the result", lambda: cloud.final(command_id))
    assert result.state is ResultState.SUCCEEDED
    assert result.detail["output"] == "done"
    assert result.detail["exit_status"] == 0
    router.kill()
    router.start()
    eventually("hello again", lambda: len(cloud.hellos) >= 2)
    assert count.read_text() == "s 1; rm -rf / ada@central\n"


def test_a_command_known_from_before_a_power_cut_is_not_run_again(
    new_router: NewRouter, cloud: SmallCloud, tmp_path: Path
) -> None:
    command, count = counting(tmp_path / "router")
    router = new_router(kick_command=command)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    cloud.confirms = False
    command_id = cloud.order(router.router_id, "kick", acct_session_id="s1")
    _, order = cloud.open_commands[command_id]
    eventually("the result", lambda: cloud.final(command_id))
    router.kill()
    cloud.confirms = True
    before = len(cloud.results[command_id])
    router.start()
    eventually("the journal is replayed", lambda: len(cloud.results[command_id]) >= before + 2)
    cloud.say(router.router_id, Down.COMMAND, order.to_wire())
    eventually("nothing waits", lambda: router.status()["results_waiting"] == 0)
    assert count.read_text() == "s1 \n"
    assert {result.stamp.seq for result in cloud.results[command_id][:before]} == {
        result.stamp.seq for result in cloud.results[command_id][before:]
    }


def test_a_log_of_five_megabytes_comes_whole(new_router: NewRouter, cloud: SmallCloud, big_log: Path) -> None:
    router = new_router(log_command=f"cat {big_log}")
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "logs")
    result = eventually("the result", lambda: cloud.final(command_id), within_s=60)
    data = big_log.read_bytes()
    assert cloud.output(command_id) == data
    assert result.detail["bytes"] == len(data) > 5_000_000
    assert result.detail["pieces"] == len(cloud.pieces[command_id])
    assert result.detail["sha256"] == hashlib.sha256(data).hexdigest()
    assert router.resident_kib()["Rss"] < 48 * 1024


def test_a_log_goes_on_after_the_link_was_cut(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker, loop: Loop, big_log: Path
) -> None:
    door = Door(loop, broker.tls_port)
    router = new_router(mqtt_port=door.port, log_command=f"cat {big_log}")
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "logs")
    eventually("the first pieces", lambda: len(cloud.pieces[command_id]) > 10, within_s=30)
    door.shut()
    door.open()
    eventually("the result", lambda: cloud.final(command_id), within_s=60)
    assert cloud.output(command_id) == big_log.read_bytes()
    door.shut()


def test_the_last_lines_only(new_router: NewRouter, cloud: SmallCloud, big_log: Path) -> None:
    router = new_router(log_command=f"cat {big_log}")
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "logs", lines=7)
    eventually("the result", lambda: cloud.final(command_id))
    assert cloud.output(command_id) == b"".join(big_log.read_bytes().splitlines(keepends=True)[-7:])


def test_the_systems_own_log_is_found(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "logs")
    result = eventually("the result", lambda: cloud.final(command_id), within_s=30)
    assert result.state is ResultState.SUCCEEDED or "no readable log" in result.detail["message"]


def test_a_log_and_telemetry_do_not_hold_up_a_kick(new_router: NewRouter, cloud: SmallCloud, tmp_path: Path) -> None:
    command, _ = counting(tmp_path / "router")
    router = new_router(kick_command=command, log_command="sleep 20")
    router.start()
    eventually("hello", lambda: cloud.hellos)
    cloud.order(router.router_id, "logs")  # for 20 s
    kick_id = cloud.order(router.router_id, "kick", acct_session_id="s1")
    eventually("the kick", lambda: cloud.final(kick_id), within_s=15)
    count = len(cloud.batches)
    eventually("telemetry goes on", lambda: len(cloud.batches) > count, within_s=15)


def test_a_reboot_is_reported_by_the_next_boot(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "reboot")
    eventually("the reboot command ran", router.reboots_path.exists)
    router.kill()
    assert cloud.final(command_id) is None
    router.start()  # the agent crashed, the router did not reboot
    eventually("hello", lambda: len(cloud.hellos) >= 2)
    time.sleep(1)
    assert cloud.final(command_id) is None
    router.kill()
    router.reboots_path.unlink()
    router.new_boot()
    router.start()
    result = eventually("the result", lambda: cloud.final(command_id))
    assert result.state is ResultState.SUCCEEDED
    assert not router.reboots_path.exists()


def test_a_reboot_that_does_not_come_has_failed(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router(reboot_timeout_s=2)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "reboot")
    result = eventually("the result", lambda: cloud.final(command_id))
    assert result.state is ResultState.FAILED
    assert "has not rebooted" in result.detail["message"]


def test_a_reboot_command_that_fails_says_why(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router(reboot_command="sh -c 'echo not allowed here >&2; exit 3'")
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "reboot")
    result = eventually("the result", lambda: cloud.final(command_id))
    assert result.state is ResultState.FAILED
    assert "exit status 3. not allowed here" in result.detail["message"]


def test_what_ran_when_the_power_was_cut_is_reported_and_not_repeated(
    new_router: NewRouter, cloud: SmallCloud, tmp_path: Path
) -> None:
    count = tmp_path / "count"
    router = new_router(kick_command=f"sh -c 'echo x >> {count}; sleep 30'")
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "kick")
    eventually("it runs", count.exists)
    router.kill()
    router.start()
    result = eventually("the result", lambda: cloud.final(command_id))
    assert result.state is ResultState.FAILED
    assert "may or may not" in result.detail["message"]
    time.sleep(1)
    assert count.read_text() == "x\n"


def test_a_late_and_an_unknown_command(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    late_id = cloud.order(router.router_id, "reboot", expires_in_s=0)
    router.start()
    unknown_id = cloud.order(router.router_id, "dance")
    assert eventually("expired", lambda: cloud.final(late_id)).state is ResultState.EXPIRED
    unknown = eventually("failed", lambda: cloud.final(unknown_id))
    assert unknown.detail["message"].startswith(
        "This router does not know the command 'dance'. It knows: agent_upgrade, dns,"
    )
    assert not router.reboots_path.exists()


def test_a_reboot_command_that_stops_the_agent_does_not_wait_for_it(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router(reboot_command="sleep 10")
    router.start()
    eventually("hello", lambda: cloud.hellos)
    cloud.order(router.router_id, "reboot")
    eventually("it runs", lambda: router.status()["commands_running"] == 1)
    began = time.monotonic()
    assert router.stop() == 0
    assert time.monotonic() - began < 9


def test_stopping_takes_a_moment_even_while_a_command_runs(new_router: NewRouter, cloud: SmallCloud) -> None:
    own_s = f"61.{os.getpid()}"  # nobody else on this machine sleeps so long
    router = new_router(log_command=f"sleep {own_s}")
    router.start()
    eventually("hello", lambda: cloud.hellos)
    cloud.order(router.router_id, "logs")
    eventually("it runs", lambda: router.status()["commands_running"] == 1)
    began = time.monotonic()
    assert router.stop() == 0
    assert time.monotonic() - began < 20
    assert subprocess.run(["pgrep", "-f", f"^sleep {own_s}"], capture_output=True, check=False).stdout == b""
