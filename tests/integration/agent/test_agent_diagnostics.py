"""What a technician asks of a router: it streams back, can be taken back, ends in time, and keeps to the router's lists."""

import stat
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from spotfi_protocol.messages import ResultState
from tests.integration.agent.peers import SmallCloud, eventually
from tests.integration.agent.router import Router

NewRouter = Callable[..., Router]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory the agent looks for programs in first."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/sbin:/usr/bin:/sbin:/bin")
    return folder


def put(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def started(new_router: NewRouter, cloud: SmallCloud, **options: object) -> Router:
    router = new_router(**options)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    return router


def test_output_streams_back_while_the_program_runs(new_router: NewRouter, cloud: SmallCloud, programs: Path) -> None:
    put(programs, "ping", 'echo "asked for $*"; sleep 30; echo never')
    router = started(new_router, cloud)
    command_id = cloud.order(router.router_id, "ping", target="192.0.2.7", count=3)
    eventually("the first line", lambda: cloud.output(command_id) == b"asked for -c 3 -W 2 192.0.2.7\n", within_s=20)
    assert cloud.final(command_id) is None
    cloud.cancel(router.router_id, command_id)
    result = eventually("cancelled", lambda: cloud.final(command_id), within_s=20)
    assert result.state is ResultState.CANCELLED
    assert "may have had part" in result.detail["message"]
    cloud.cancel(router.router_id, command_id)
    time.sleep(0.5)
    assert len([each for each in cloud.results[command_id] if each.state is not ResultState.ACCEPTED]) == 1


def test_a_command_taken_back_before_it_came_never_runs(
    new_router: NewRouter, cloud: SmallCloud, tmp_path: Path
) -> None:
    router = new_router(allow_shell=1)
    mark = tmp_path / "mark"
    command_id = cloud.order(router.router_id, "shell", command=f"touch {mark}", times=0)
    _, command = cloud.open_commands.pop(command_id)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    cloud.cancel(router.router_id, command_id)
    assert eventually("cancelled", lambda: cloud.final(command_id)).state is ResultState.CANCELLED
    cloud.open_commands[command_id] = router.router_id, command
    router.kill()
    router.start()  # with the next hello the command itself arrives
    eventually("hello again", lambda: len(cloud.hellos) >= 2)
    later_id = cloud.order(router.router_id, "dns", name="localhost")
    eventually("a later command", lambda: cloud.final(later_id))
    assert not mark.exists()


def test_a_command_that_waits_for_another_is_taken_back_at_once(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = started(new_router, cloud, allow_shell=1)
    first_id = cloud.order(router.router_id, "shell", command="sleep 20")
    second_id = cloud.order(router.router_id, "shell", command="true")
    eventually("both accepted", lambda: cloud.results[second_id])
    cloud.cancel(router.router_id, second_id)
    result = eventually("cancelled", lambda: cloud.final(second_id), within_s=15)
    assert result.detail["message"] == "Cancelled before it began; it had no effect."
    assert cloud.final(first_id) is None


def test_a_command_ends_at_its_time_limit(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = started(new_router, cloud, allow_shell=1)
    command_id = cloud.order(router.router_id, "shell", command="echo begun; sleep 60", limit_s=1)
    result = eventually("the end", lambda: cloud.final(command_id), within_s=30)
    assert result.state is ResultState.FAILED
    assert result.detail["message"] == "It took longer than 1 s and was stopped."
    assert cloud.output(command_id) == b"begun\n"


def test_a_shell_only_where_the_router_allows_it(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = started(new_router, cloud)
    command_id = cloud.order(router.router_id, "shell", command="id")
    result = eventually("the refusal", lambda: cloud.final(command_id))
    assert result.state is ResultState.FAILED
    assert "does not allow a shell (option allow_shell)" in result.detail["message"]


def test_what_is_missing_is_said_in_words(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = started(new_router, cloud)
    wifi_id = cloud.order(router.router_id, "wifi_reload")
    assert "no program named wifi" in eventually("the end", lambda: cloud.final(wifi_id)).detail["message"]
    option_id = cloud.order(router.router_id, "dns", name="-h")
    assert "'name' must be a host name" in eventually("the end", lambda: cloud.final(option_id)).detail["message"]


def test_reads_stay_within_the_routers_lists(
    new_router: NewRouter, cloud: SmallCloud, programs: Path, tmp_path: Path
) -> None:
    put(programs, "uci", "echo \"wireless.a.ssid='Bar'\"; echo \"wireless.a.key='hunter22'\"")
    put(programs, "ubus", 'echo "$*"')
    (tmp_path / "shown.txt").write_text("for you")
    (tmp_path / "hidden.txt").write_text("not for you")
    router = started(new_router, cloud, allow_files=tmp_path / "shown.txt", allow_uci="wireless", allow_ubus="system:*")
    orders = {
        "file": cloud.order(router.router_id, "file_read", path=str(tmp_path / "shown.txt")),
        "no file": cloud.order(router.router_id, "file_read", path=str(tmp_path / "hidden.txt")),
        "uci": cloud.order(router.router_id, "uci_read", config="wireless"),
        "no uci": cloud.order(router.router_id, "uci_read", config="network"),
        "ubus": cloud.order(router.router_id, "ubus_read", object="system", method="info", params={"a": 1}),
        "no ubus": cloud.order(router.router_id, "ubus_read", object="rpc-sys", method="password_set"),
        "no service": cloud.order(router.router_id, "service", name="cron", action="stop"),
    }
    results = {name: eventually(name, partial(cloud.final, key)) for name, key in orders.items()}
    for name, result in results.items():
        assert (result.state is ResultState.FAILED) == name.startswith("no "), result
        assert not name.startswith("no ") or "own configuration does not allow" in result.detail["message"]
    assert cloud.output(orders["file"]) == b"for you"
    assert b"hunter22" not in cloud.output(orders["uci"])
    assert cloud.output(orders["ubus"]) == b'-S call system info {"a": 1}\n'


def test_a_log_is_followed_and_filtered(new_router: NewRouter, cloud: SmallCloud, tmp_path: Path) -> None:
    log = tmp_path / "messages"
    log.write_text("old ERROR\n")
    router = started(new_router, cloud, log_command=f"cat {log}", log_follow_command=f"tail -F -n 0 {log}")
    command_id = cloud.order(router.router_id, "logs", follow_s=5, filter="error")

    def is_shown() -> bool:
        with log.open("a") as file:
            file.write("fine\nnew Error\n")
        return bool(cloud.output(command_id))

    eventually("the line", is_shown)
    assert eventually("the end", lambda: cloud.final(command_id)).state is ResultState.SUCCEEDED
    assert set(cloud.output(command_id).splitlines()) == {b"new Error"}
