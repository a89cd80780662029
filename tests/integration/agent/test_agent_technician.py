"""The technician's commands beside a running agent."""

import json
from collections.abc import Callable

from tests.integration.agent.peers import SmallCloud, eventually, free_port
from tests.integration.agent.router import Router

NewRouter = Callable[..., Router]


def test_doctor_finds_everything_well(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    done = eventually("well", lambda: router.call("doctor") if router.status()["link"]["state"] == "online" else None)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("ok  ") == 9
    assert "Everything the agent needs is there." in done.stdout


def test_doctor_names_the_first_problem(new_router: NewRouter) -> None:
    port = free_port()
    router = new_router(mqtt_port=port)
    done = router.call("doctor")
    assert done.returncode == 1
    assert f"First problem: primary TCP. A firewall on the way may block port {port}" in done.stdout
    findings = json.loads(router.call("doctor", "--json").stdout)
    assert [finding["check"] for finding in findings if not finding["is_well"]] == ["primary TCP", "agent"]


def test_logs_and_a_second_agent(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    assert "event=link_connected transport=mqtt" in router.call("logs").stdout
    second = router.call("run")
    assert (second.returncode, "already running" in second.stderr) == (7, True)


def test_no_secret_is_logged_or_shown(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router(log_level="debug")
    router.start()
    eventually("hello", lambda: cloud.hellos)
    shown = router.log() + router.call("logs").stdout + router.call("status", "--json").stdout
    assert router.key not in shown + router.call("doctor").stdout
