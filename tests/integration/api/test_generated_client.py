"""A client generated from the OpenAPI document compiles under strict rules, refuses what the API would refuse, and works."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spotfi_cloud.entrypoints.api.document import written
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD
from tests.integration.api.served import serving_app

_WALK = Path(__file__).with_name("client_walk.ts")
_MODULES = Path(__file__).parents[3] / "cloud" / "dashboard" / "node_modules"
_COMPILER = {
    "target": "ES2022",
    "module": "ESNext",
    "moduleResolution": "bundler",
    "types": ["node"],
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": True,
    "skipLibCheck": True,  # the packages' own declarations; schema.ts is none
    "outDir": "built",
}


def run(folder: Path, *argv: str, **environ: str) -> str:
    """What a program prints; AssertionError with all of it where it fails."""
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, env=os.environ | environ, check=False)
    assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
    return done.stdout


def test_a_generated_client_compiles_and_works(database_url: str, tmp_path: Path) -> None:
    node = shutil.which("node", path=f"{os.environ['PATH']}{os.pathsep}{Path(sys.executable).parent}")
    if node is None or not _MODULES.is_dir():
        pytest.skip("node with the dashboard's packages (make check-dashboard) is not on this machine")
    client = tmp_path / "client"
    client.mkdir()
    (client / "node_modules").symlink_to(_MODULES)
    (client / "package.json").write_text('{"type": "module"}')
    (client / "tsconfig.json").write_text(json.dumps({"compilerOptions": _COMPILER, "files": ["walk.ts"]}))
    (client / "openapi.json").write_text(written())
    shutil.copy(_WALK, client / "walk.ts")
    run(client, node, "node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "schema.ts")
    run(client, node, "node_modules/typescript/bin/tsc")
    with serving_app(database_url, tmp_path) as served:
        printed = run(client, node, "built/walk.js", SPOTFI_URL=served.url, EMAIL=ADMIN_EMAIL, PASSWORD=PASSWORD)
    assert json.loads(printed) == {
        "host": "Café Central",
        "code": "invalid",
        "fields": ["currency", "price"],
        "routers": 0,
        "next": None,
        "missing": "not_found",
    }
