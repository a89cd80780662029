"""A router with the agent installed from its package, in a root directory of its own.

Stand-ins for what Debian does not have: `opkg` unpacks the real .ipk and stops and starts the service as its scripts would;
`usign` hands over to signify, which reads the same keys and signatures; the init script starts the agent again whenever it
ends, as procd does. The agent, the package, its guard and the feed are the real ones.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from io import BytesIO
from pathlib import Path

from spotfi_package.__main__ import Options, build
from tests.integration.agent.peers import eventually
from tests.integration.agent.router import Router

REPOSITORY = Path(__file__).parents[3]
_BUILT_AT = 1_767_225_600

_OPKG = """#!/bin/sh
# opkg install --force-downgrade FILE
[ "$1" = install ] || exit 1
for package; do :; done
version=$(basename "$package" | cut -d_ -f2)
echo "$*" >>{root}/opkg.log
[ "$version" != "$(cat {root}/opkg.version)" ] || { echo "Package spotfi-agent is up to date."; exit 0; }
[ ! -e {root}/opkg.fails ] || { echo "Collected errors: no space left on device"; exit 255; }
{root}/etc/init.d/spotfi-agent stop
rm -rf {root}/usr/lib/spotfi
sleep 0.3
tar -xzOf "$package" ./data.tar.gz | tar -xz -C {root} ./usr/lib ./usr/bin ./etc/hotplug.d ./etc/init.d || exit 1
sleep 0.3
echo "$version" >{root}/opkg.version
{root}/etc/init.d/spotfi-agent start
"""
_USIGN = """#!/bin/sh
# usign -V -q -P KEYS -m MESSAGE -x SIGNATURE
[ "$1 $2 $3 $5 $7" = "-V -q -P -m -x" ] || exit 2
for key in "$4"/*; do
	signify-openbsd -V -q -p "$key" -m "$6" -x "$8" 2>/dev/null && exit 0
done
exit 1
"""
_INIT = """#!/bin/sh
root=$(cd "$(dirname "$0")/../.." && pwd)
stop() {
	[ ! -e $root/service.pid ] || kill -TERM "-$(cat $root/service.pid)" 2>/dev/null
	rm -f $root/service.pid
	while flock -n $root/etc/spotfi/run/lock true; [ $? -ne 0 ]; do sleep 0.05; done
}
start() {
	[ ! -e $root/service.pid ] || return 0
	root=$root setsid sh -c 'trap exit TERM; echo $$ >$root/service.pid
		while :; do {python} -I $root/usr/bin/spotfi-agent --dir $root/etc/spotfi run & wait; sleep 0.3; done' \\
		</dev/null >>$root/agent.log 2>&1 &
	until [ -e $root/service.pid ]; do sleep 0.05; done
}
case "$1" in start) start ;; stop) stop ;; restart) stop; start ;; esac
"""


class Feed:
    """Packages of several versions of the agent, signed with one pair of keys, as `make -C openwrt-package` builds them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: dict[str, bytes] = {}

    def offer(self, version: str, fault: str = "") -> None:
        """Build this version, with a line of Python put into the module that puts the agent together."""
        sources = self._folder / "sources"
        shutil.rmtree(sources, ignore_errors=True)
        shutil.copytree(REPOSITORY / "agent", sources / "agent", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(REPOSITORY / "openwrt-package" / "spotfi-agent", sources / "openwrt-package" / "spotfi-agent")
        (sources / "openwrt-package/spotfi-agent/files/etc/init.d/spotfi-agent").write_text(
            _INIT.replace("{python}", sys.executable)
        )
        _rewrite(sources / "agent/pyproject.toml", r'(?m)^version = ".*"$', f'version = "{version}"')
        _rewrite(sources / "agent/spotfi_agent/__init__.py", r'__version__ = ".*"', f'__version__ = "{version}"')
        if fault:
            _rewrite(sources / "agent/spotfi_agent/runtime/assembly.py", r"\Z", f"\n{fault}\n")
        options = Options(sources, self._folder / "out", self._folder / "keys", None, None, _BUILT_AT)
        self.files = build(options)

    def ipk(self) -> bytes:
        return next(content for name, content in self.files.items() if name.endswith(".ipk"))


class PackagedRouter(Router):
    """See the module."""

    def __init__(self, root: Path, feed: Feed, **options: object) -> None:
        (root / "etc").mkdir(parents=True)
        super().__init__(root / "etc" / "spotfi", **options)
        self.root = root
        for folder in ("etc/opkg/keys", "etc/rc.d", "tools", "etc/spotfi/run"):
            (root / folder).mkdir(parents=True)
        (root / "etc/spotfi/run/lock").touch()
        self._program("tools/opkg", _OPKG)
        self._program("tools/usign", _USIGN)
        (root / "etc/opkg/keys/feed").write_bytes(feed.files["opkg/spotfi-feed.pub"])
        self._unpack(feed.ipk())
        (root / "opkg.version").write_text("0.1.0-1\n")

    def environment(self) -> dict[str, str]:  # type: ignore[override]  # its own, not every router's
        return {
            "PATH": f"{self.root}/tools:/usr/sbin:/usr/bin:/sbin:/bin",
            "PYTHONUNBUFFERED": "1",
            "SPOTFI_TEST_ROOT": str(self.root),
        }

    def argv(self) -> list[str]:
        return [sys.executable, "-I", f"{self.root}/usr/bin/spotfi-agent", "--dir", str(self.directory)]

    def start(self) -> None:
        self._service("start")

    def stop(self) -> int:
        self.cut_power()
        return 0

    def boot(self) -> None:
        """What procd does with /etc/rc.d."""
        self.new_boot()
        (self.root / "service.pid").unlink(missing_ok=True)
        for link in sorted((self.root / "etc/rc.d").iterdir()):
            subprocess.run([link, "boot"], env=self.environment(), check=False, timeout=60)
        self._service("start")

    def cut_power(self) -> None:
        """End everything that runs on this router, at once and whatever it is doing."""
        mark = f"SPOTFI_TEST_ROOT={self.root}\0".encode()
        while running := [path for path in Path("/proc").glob("[0-9]*") if mark in _environment_of(path)]:
            for path in running:
                _kill(int(path.name))
            time.sleep(0.02)

    def kill_guard(self) -> bool:
        """Kill whatever holds the guard's shell; whether there was one."""
        guards = [
            int(path.name)
            for path in Path("/proc").glob("[0-9]*")
            if f"{self.directory}/upgrade/guard\0".encode() in _read(path / "cmdline")
        ]
        for pid in guards:
            _kill(pid)
        return bool(guards)

    def log(self) -> str:
        return (self.root / "agent.log").read_text(errors="replace") if (self.root / "agent.log").exists() else ""

    def sources(self) -> dict[str, bytes]:
        """The installed version, file by file."""
        library = self.root / "usr/lib/spotfi"
        files = [path for path in library.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        return {str(path.relative_to(library)): path.read_bytes() for path in files}

    def installs(self) -> int:
        log = self.root / "opkg.log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def is_tidy(self) -> bool:
        """Nothing of an upgrade is left on flash."""
        leftovers = [*self.directory.glob("upgrade*"), *(self.root / "etc/rc.d").iterdir()]
        return not leftovers

    def _service(self, what: str) -> None:
        subprocess.run([self.root / "etc/init.d/spotfi-agent", what], env=self.environment(), check=True, timeout=30)

    def _program(self, path: str, text: str) -> None:
        (self.root / path).write_text(text.replace("{root}", str(self.root)))
        (self.root / path).chmod(0o755)

    def _unpack(self, ipk: bytes) -> None:
        with tarfile.open(fileobj=BytesIO(ipk)) as outer:
            data = outer.extractfile("./data.tar.gz")
            assert data is not None
            with tarfile.open(fileobj=data) as inner:
                wanted = [
                    member for member in inner if member.name.startswith(("./usr", "./etc/hotplug.d", "./etc/init.d"))
                ]
                inner.extractall(self.root, members=wanted, filter="data")


def wait_until_tidy(router: PackagedRouter) -> None:
    eventually("nothing is left of it", router.is_tidy, within_s=60)


def _rewrite(path: Path, pattern: str, text: str) -> None:
    before = path.read_text()
    path.write_text(re.sub(pattern, text, before, count=1))


def _environment_of(process: Path) -> bytes:
    return _read(process / "environ")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
