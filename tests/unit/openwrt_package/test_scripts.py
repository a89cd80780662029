"""The shell scripts parse and do what they promise; stand-ins for OpenWrt's functions report how they are called."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from spotfi_package.hooks import apk_scripts, ipk_scripts

SCRIPTS = (
    "etc/hotplug.d/iface/90-spotfi",
    "etc/init.d/spotfi-agent",
    "etc/uci-defaults/90-spotfi",
    "usr/lib/spotfi/enrol-from-file",
    "usr/lib/spotfi/upgrade-guard",
)
HOOKS = {f"ipk {name}": text for name, text in ipk_scripts().items()} | {
    f"apk {name}": text for name, text in apk_scripts().items()
}

REPORTING_FUNCTIONS = """
config_load() { :; }
config_get() { eval "$1=\\"\\${CONFIG_$2_$3:-$4}\\""; }
procd_open_instance() { echo "instance $*"; }
procd_set_param() { echo "$*"; }
procd_close_instance() { :; }
procd_add_reload_trigger() { echo "trigger $*"; }
logger() { echo "log $*"; }
"""


@pytest.fixture
def root(router_root: Path, tmp_path: Path) -> Path:
    """The package's files in a root of their own, with every absolute path in the scripts pointing into it."""
    root = tmp_path / "root"
    shutil.copytree(router_root, root)
    for name in SCRIPTS:
        script = root / name
        script.write_text(re.sub(r"(?<![\w./}])/(etc|var|usr|sbin|lib)/", rf"{root}/\1/", script.read_text()))
    return root


def shell(text: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", text, "sh", *arguments],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={"PATH": os.environ["PATH"], **environment},
    )


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def start_service(root: Path, **configuration: str) -> list[str]:
    done = shell(f"{REPORTING_FUNCTIONS}. {root}/etc/init.d/spotfi-agent; start_service", **configuration)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("interpreter", [["dash"], ["busybox", "sh"]])
def test_scripts_parse_in_small_shells(name: str, interpreter: list[str], router_root: Path) -> None:
    if shutil.which(interpreter[0]) is None:
        pytest.skip(f"{interpreter[0]} is not on this machine")
    done = subprocess.run([*interpreter, "-n", str(router_root / name)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", HOOKS)
def test_hooks_parse(name: str) -> None:
    done = subprocess.run(["sh", "-n"], input=HOOKS[name], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert HOOKS[name].startswith("#!/bin/sh\n")


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck_finds_nothing(name: str, router_root: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not on this machine")
    # 2034: START, STOP and USE_PROCD are read by rc.common. 3043: busybox has `local`.
    command = ["shellcheck", "--shell=sh", "--exclude=SC2034,SC3043,SC1091", "--severity=info", str(router_root / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_an_enrolled_router_runs_the_agent_and_starts_it_again_for_ever(root: Path) -> None:
    (root / "etc/spotfi/identity.json").write_text("{}")
    said = start_service(root)
    assert said[0] == "instance agent"
    assert f"command {root}/usr/bin/spotfi-agent run" in said
    assert "respawn 3600 5 0" in said
    assert f"file {root}/etc/config/spotfi {root}/etc/spotfi/identity.json" in said


def test_a_router_that_is_not_enrolled_starts_nothing_and_says_why(root: Path) -> None:
    assert start_service(root, CONFIG_enrolment_url="https://spotfi.example") == [
        "log -t spotfi-agent Not enrolled. Get a code from the dashboard, then: spotfi-agent enroll URL"
    ]


def test_zero_touch_needs_a_url_and_a_code(root: Path) -> None:
    code_file = root / "etc/spotfi/enrolment-code"
    code_file.write_text("CODE\n")
    assert start_service(root)[0].startswith("log ")
    said = start_service(root, CONFIG_enrolment_url="https://spotfi.example")
    assert said[0] == "instance enrolment"
    assert f"command {root}/usr/lib/spotfi/enrol-from-file https://spotfi.example {code_file}" in said
    assert not [line for line in said if line.startswith("respawn")]


def test_bytecode_of_an_earlier_version_is_cleared_at_start(root: Path) -> None:
    stale = root / "var/run/spotfi/bytecode/old.pyc"
    stale.parent.mkdir(parents=True)
    stale.write_text("")
    start_service(root)
    assert not stale.exists()
    assert stale.parent.is_dir()
    assert stale.parent.parent.stat().st_mode & 0o777 == 0o700


def test_a_changed_configuration_reloads_the_service(root: Path) -> None:
    done = shell(f"{REPORTING_FUNCTIONS}. {root}/etc/init.d/spotfi-agent; service_triggers; echo $START $USE_PROCD")
    assert done.stdout.splitlines() == ["trigger spotfi", "95 1"]


def enrol_from_file(root: Path, agent: str) -> subprocess.CompletedProcess[str]:
    """Run the script with an agent that does this, an init script that reports its start, and no waiting."""
    program(root / "usr/bin/spotfi-agent", agent)
    program(root / "etc/init.d/spotfi-agent", 'echo "service $*"')
    program(root / "tools/sleep", f'echo "$1" >>{root}/waits')
    (root / "etc/spotfi/enrolment-code").write_text("ABCD-EFGH\n")
    script, code_file = root / "usr/lib/spotfi/enrol-from-file", root / "etc/spotfi/enrolment-code"
    return shell('exec "$@"', script, "https://spotfi.example", code_file, PATH=f"{root}/tools:{os.environ['PATH']}")


def test_zero_touch_enrols_removes_the_code_and_starts_the_service(root: Path) -> None:
    done = enrol_from_file(root, f'echo "$*" >{root}/said; cat "$3" >>{root}/said')
    assert (done.returncode, done.stdout) == (0, "service start\n")
    assert (root / "said").read_text().splitlines() == [
        f"enroll --code-file {root}/etc/spotfi/enrolment-code https://spotfi.example",
        "ABCD-EFGH",
    ]
    assert not (root / "etc/spotfi/enrolment-code").exists()


def test_zero_touch_tries_until_the_server_answers_ever_more_slowly(root: Path) -> None:
    done = enrol_from_file(root, f"echo x >>{root}/tries; [ $(wc -l <{root}/tries) -gt 6 ] || exit 3")
    assert done.returncode == 0
    assert (root / "waits").read_text().split() == ["15", "30", "60", "120", "240", "240"]


def test_zero_touch_stops_at_a_refused_code_and_keeps_it(root: Path) -> None:
    done = enrol_from_file(root, "exit 5")
    assert done.returncode == 5
    assert "was refused" in done.stderr
    assert (root / "etc/spotfi/enrolment-code").read_text() == "ABCD-EFGH\n"


def test_first_boot_makes_secrets_private_and_completes_the_configuration(root: Path) -> None:
    program(root / "tools/uci", f'echo "$*" >>{root}/uci; [ "$2" != get ] || exit 1')
    (root / "etc/config/spotfi").chmod(0o644)
    (root / "etc/spotfi").chmod(0o755)
    code_file = root / "etc/spotfi/enrolment-code"
    code_file.write_text("CODE\n")
    code_file.chmod(0o644)
    done = shell(f". {root}/etc/uci-defaults/90-spotfi", PATH=f"{root}/tools:{os.environ['PATH']}")
    assert (done.returncode, done.stderr) == (0, "")
    modes = {path: (root / path).stat().st_mode & 0o777 for path in ("etc/config/spotfi", "etc/spotfi")}
    assert modes == {"etc/config/spotfi": 0o600, "etc/spotfi": 0o700}
    assert code_file.stat().st_mode & 0o777 == 0o600
    assert "set spotfi.agent=agent" in (root / "uci").read_text().splitlines()


@pytest.mark.parametrize("name", ["postinst", "prerm"])
def test_ipk_hooks_call_openwrts_functions_with_the_package_they_are_of(name: str, tmp_path: Path) -> None:
    """opkg runs them as NAME.postinst, from which the default functions take the package's name."""
    program(tmp_path / "lib/functions.sh", f'default_{name}() {{ echo "$(basename "${{1%.*}}") $2"; }}')
    script = tmp_path / f"spotfi-agent.{name}"
    program(script, ipk_scripts()[name].removeprefix("#!/bin/sh\n"))
    assert shell('exec "$@"', script, "configure", IPKG_INSTROOT=str(tmp_path)).stdout == "spotfi-agent configure\n"


@pytest.mark.parametrize("phase", ["post-install", "post-upgrade"])
def test_apk_hooks_name_the_package(phase: str, tmp_path: Path) -> None:
    reports = 'add_group_and_user() { :; }; default_postinst() { echo "$pkgname ${PKG_UPGRADE:-0}"; }'
    program(tmp_path / "lib/functions.sh", reports)
    done = shell(apk_scripts()[phase], IPKG_INSTROOT=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, f"spotfi-agent {int(phase == 'post-upgrade')}\n")


def test_hooks_do_nothing_where_openwrts_functions_are_missing(tmp_path: Path) -> None:
    for text in (*ipk_scripts().values(), *apk_scripts().values()):
        done = shell(text, IPKG_INSTROOT=str(tmp_path))
        assert (done.returncode, done.stdout) == (0, "")
