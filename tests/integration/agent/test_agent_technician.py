"""The technician's commands beside a running agent."""

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.integration.agent.peers import SmallCloud, eventually
from tests.integration.agent.router import Router
from tests.ports import free_port

NewRouter = Callable[..., Router]


def test_doctor_finds_everything_well(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    done = eventually("well", lambda: router.call("doctor") if router.status()["link"]["state"] == "online" else None)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("ok  ") == 14
    assert "Everything the agent needs is there." in done.stdout


def test_doctor_names_the_first_problem(new_router: NewRouter) -> None:
    port = free_port()
    router = new_router(mqtt_port=port)
    done = router.call("doctor")
    assert done.returncode == 1
    assert (
        f"First problem: primary TCP. The line to the internet is cut, a firewall on the way blocks port {port}"
        in done.stdout
    )
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


def test_doctor_on_a_serial_console_keeps_to_80_columns(new_router: NewRouter) -> None:
    router = new_router(mqtt_port=free_port())
    ours, theirs = pty.openpty()
    subprocess.run([*router.argv(), "doctor"], stdout=theirs, check=False, timeout=60, env=router.environment())
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert "First problem: primary TCP." in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_damaged_certificate_is_named_by_all_who_need_it(new_router: NewRouter) -> None:
    router = new_router()
    identity = json.loads((router.directory / "identity.json").read_text())
    for damage in ("", "no certificate", identity["ca_pem"][:200], identity["ca_pem"].replace("M", "-", 5)):
        (router.directory / "identity.json").write_text(json.dumps(identity | {"ca_pem": damage}))
        doctor, run = router.call("doctor", "--json"), router.call("run")
        findings = json.loads(doctor.stdout)
        assert [finding["check"] for finding in findings if not finding["is_well"]] == ["identity"], damage
        assert "enrol again" in findings[-1]["remedy"]
        assert (run.returncode, "CA certificate" in run.stderr) == (6, True), damage


def test_a_report_says_much_and_no_secret(new_router: NewRouter, cloud: SmallCloud, tmp_path: Path) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    done = router.call("report", "--output", str(tmp_path / "report.txt"))
    assert (done.returncode, str(tmp_path / "report.txt") in done.stdout) == (0, True)
    text = (tmp_path / "report.txt").read_text()
    for expected in ("=== doctor ===", "event=link_connected", str(router.router_id), "MemTotal", "interval_s"):
        assert expected in text
    assert router.key not in text
    assert (tmp_path / "report.txt").stat().st_mode & 0o077 == 0
    as_json = router.call("report", "--json", "--output", str(tmp_path / "report.json"))
    assert json.loads(as_json.stdout) == {"file": str(tmp_path / "report.json")}
    assert json.loads((tmp_path / "report.json").read_text())["identity"]["router_id"] == str(router.router_id)


def test_reset_forgets_the_enrolment_only_when_that_is_meant(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    eventually("status", lambda: router.call("status").returncode == 0)
    assert router.call("reset", "--yes").returncode == 7
    router.stop()
    assert router.call("reset", given="y\n").returncode == 2  # nobody was asked: standard input is no console
    assert (router.directory / "identity.json").exists()
    assert json.loads(router.call("reset", "--yes", "--json").stdout) == {"enrolled": False}
    assert not (router.directory / "identity.json").exists()
    again = router.call("reset", "--yes", "--json")
    assert (again.returncode, json.loads(again.stdout)["exit_status"]) == (6, 6)
    assert router.call("status").returncode == 6
