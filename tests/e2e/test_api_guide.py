"""docs/API.md does what it says: its commands, as they stand there, in one shell, against an installation that just started."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.installation import ADMIN_EMAIL, BIN, Installation
from tests.e2e.router import Router

GUIDE = Path(__file__).parents[2] / "docs" / "API.md"
EXAMPLE_SERVER = "https://wifi.example.net:8443"


class Block(NamedTuple):
    """Commands of the guide, and where they are meant to be typed: `` (here), `setup` or `router`."""

    place: str
    commands: str


def blocks() -> list[Block]:
    return [Block(*found) for found in re.findall(r"^```sh ?(\w*)\n(.*?)^```$", GUIDE.read_text(), re.S | re.M)]


def on_router(commands: str, installation: Installation, router: Router) -> str:
    """The router's commands, with this test's server and agent; what runs for ever runs in the background."""
    agent = f"{BIN / 'spotfi-agent'} --dir {router.directory}"
    here = commands.replace(EXAMPLE_SERVER, installation.https_url).replace("spotfi-agent", agent)
    return re.sub(r"^(.* run)$", rf"\1 > {router.directory}/agent.log 2>&1 & AGENT=$!", here, flags=re.M)


@pytest.mark.timeout(300)
def test_every_command_of_the_guide_works(
    installation: Installation, new_router: Callable[..., Router], tmp_path: Path
) -> None:
    router = new_router("guide")
    script = ["set -euo pipefail", "trap 'kill ${AGENT:-} 2>/dev/null || true' EXIT"]
    for block in blocks():
        match block.place:
            case "setup":
                script.append(f"URL={installation.url} EMAIL={ADMIN_EMAIL} PASSWORD='{installation.admin_password}'")
            case "router":
                script.append(on_router(block.commands, installation, router))
            case _:
                script.append(_refusals_allowed(block.commands))
    assert {block.place for block in blocks()} == {"", "setup", "router"}
    done = subprocess.run(
        ["bash", "-x"], input="\n".join(script), capture_output=True, text=True, timeout=240, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF")
    assert "event: command.queued" in done.stdout
    assert "event: router" in done.stdout
    assert "Bar" in done.stdout


def _refusals_allowed(commands: str) -> str:
    """Where the guide shows a refusal and checks its code, curl's own exit status is not the point."""
    return re.sub(r"^(api .*) \| (jq -e .*)$", r"{ \1 || true; } | \2", commands, flags=re.M)


def test_the_guide_names_every_code() -> None:
    from spotfi_cloud.entrypoints.api import app  # noqa: F401, PLC0415 - loads every capability's errors
    from spotfi_cloud.entrypoints.api.problem_codes import codes_by_status  # noqa: PLC0415

    codes = {code for status, codes in codes_by_status().items() if status != 502 for code in codes}
    missing = sorted(code for code in codes if f"`{code}`" not in GUIDE.read_text())
    assert not missing, f"docs/API.md, 'When something is wrong', lacks {missing}"
