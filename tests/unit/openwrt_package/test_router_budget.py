"""The agent loads nothing that its package does not depend on: a new import shows up in `openwrt-package/modules.txt`."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spotfi_package.metadata import DEPENDS, agent_version

OUR_OWN = {"spotfi_agent", "spotfi_protocol"}
WITHOUT_MODULES = {"ca-bundle"}
"""Dependencies that are no Python modules."""
INTERPRETERS = ("python3.11", "python3.12", "python3.13", "python3.14")

LOAD_EVERYTHING = """
import importlib, os, socket, sys
sys.path[:0] = sys.argv[1:]
library = sys.argv[1]
for folder, _, names in os.walk(library):
    package = os.path.relpath(folder, library).replace(os.sep, ".")
    for name in names:
        if name.endswith(".py"):
            importlib.import_module(f"{package}.{name[:-3]}".removesuffix(".__init__"))
socket.getaddrinfo("localhost", 80)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.fixture(scope="module")
def listed(repository: Path) -> dict[str, str]:
    """Module → OpenWrt package."""
    lines = (repository / "openwrt-package" / "modules.txt").read_text().splitlines()
    pairs = [line.split() for line in lines if line and not line.startswith("#")]
    assert pairs == sorted(pairs)
    return dict(pairs)


@pytest.fixture(scope="session")
def dependencies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with paho and psutil and nothing else."""
    folder = tmp_path_factory.mktemp("site-packages")
    for name in ("paho", "psutil"):
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.submodule_search_locations
        (folder / name).symlink_to(spec.submodule_search_locations[0])
    return folder


def run(interpreter: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [interpreter, *arguments], capture_output=True, text=True, timeout=60, check=False, env=environment
    )


def find_interpreter(name: str) -> str:
    if name == f"python{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    for path in (shutil.which(name), *Path.home().glob(f".pyenv/versions/*/bin/{name}")):
        if path is not None and run(str(path), "-S", "-E", "-c", "import ssl").returncode == 0:
            return str(path)
    pytest.skip(f"no {name} here; each Python that is there is tried")


@pytest.mark.parametrize("name", INTERPRETERS)
def test_every_module_the_agent_loads_is_listed(
    name: str, router_root: Path, dependencies: Path, listed: dict[str, str]
) -> None:
    library = router_root / "usr/lib/spotfi"
    done = run(find_interpreter(name), "-S", "-E", "-c", LOAD_EVERYTHING, library, dependencies)
    assert done.returncode == 0, done.stderr
    loaded = {module for module in done.stdout.split() if not module.startswith("_")}
    assert loaded - OUR_OWN - listed.keys() == set()


def test_the_running_agent_loads_nothing_that_others_need(router_root: Path, dependencies: Path) -> None:
    """Each of these costs a router memory for as long as the agent runs; commands and technicians load what they need."""
    program = (
        "import sys; sys.path += sys.argv[1:]; import spotfi_agent.__main__, spotfi_agent.runtime.assembly; "
        "import spotfi_agent.config, spotfi_agent.identity, spotfi_agent.log_lines, spotfi_agent.collectors.linux; "
        "print(*sys.modules)"
    )
    done = run(sys.executable, "-S", "-E", "-c", program, router_root / "usr/lib/spotfi", dependencies)
    assert done.returncode == 0, done.stderr
    costly = {"argparse", "shutil", "bz2", "lzma", "tempfile", "http.client", "urllib.request", "asyncio", "email"}
    assert not costly & set(done.stdout.split())


def test_every_module_named_in_the_sources_is_listed(router_root: Path, listed: dict[str, str]) -> None:
    """Also those imported only when needed."""
    named = set()
    for source in (router_root / "usr/lib/spotfi").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Import):
                named |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.module is not None
                assert node.level == 0
                named.add(node.module.partition(".")[0])
    unlisted = named - OUR_OWN - listed.keys() - {"__future__"}
    assert unlisted == set()
    assert not {module for module in named & listed.keys() if listed[module] == "-"}


def test_the_package_depends_on_exactly_what_the_modules_need(listed: dict[str, str]) -> None:
    assert set(listed.values()) - {"-"} | WITHOUT_MODULES == set(DEPENDS)


@pytest.mark.parametrize("name", INTERPRETERS)
@pytest.mark.parametrize("command", [["--help"], ["--version"]])
def test_the_unpacked_package_runs_on_a_plain_interpreter(
    name: str, command: list[str], router_root: Path, dependencies: Path
) -> None:
    launcher = router_root / "usr/bin/spotfi-agent"
    start = f"import runpy, sys; sys.path.append({str(dependencies)!r}); sys.argv[:] = {[str(launcher), *command]!r}; "
    start += f"runpy.run_path({str(launcher)!r}, run_name='__main__')"
    done = run(find_interpreter(name), "-S", "-E", "-c", start)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_agent_reports_the_version_its_package_bears(router_root: Path, repository: Path) -> None:
    source = (router_root / "usr/lib/spotfi/spotfi_agent/__init__.py").read_text()
    assert f'__version__ = "{agent_version(repository)}"' in source


def test_the_launcher_loads_the_packages_own_sources(router_root: Path) -> None:
    """Nothing from the environment or the working directory comes before them, whoever calls it."""
    lines = (router_root / "usr/bin/spotfi-agent").read_text().splitlines()
    assert lines[0] == "#!/usr/bin/python3 -I"
