"""A whole SpotFi, started the way its user starts it (`spotfi up`), on ports and in a directory of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.ports import free_ports

BIN = Path(sys.executable).parent
ADMIN_EMAIL = "admin@spotfi.test"
T = TypeVar("T")


def eventually(what: str, look: Callable[[], T | None], *, within_s: float) -> T:
    """The first true value `look` gives; a failure that names `what` after the time is over."""
    end = time.monotonic() + within_s
    while True:
        if value := look():
            return value
        assert time.monotonic() < end, f"not within {within_s:g} s: {what}"
        time.sleep(0.1)


class Installation:
    """The running platform; `start` may be called again after `stop` and finds the data."""

    def __init__(self, directory: Path, command: str = "up", **settings: str) -> None:
        self.directory, self._command = directory, command
        http, https, mqtt, mqtt_tls, radsec, auth, acct = free_ports(7)
        self.radius_auth_port, self.radius_acct_port = auth, acct
        self.mqtt_tls_port, self.https_port = mqtt_tls, https
        self.url, self.https_url = f"http://127.0.0.1:{http}", f"https://localhost:{https}"
        self._settings = {
            "SPOTFI_DATA_DIR": str(directory / "data"),
            "SPOTFI_HTTP_PORT": str(http),
            "SPOTFI_HTTPS_PORT": str(https),
            "SPOTFI_MQTT_PORT": str(mqtt),
            "SPOTFI_MQTT_TLS_PORT": str(mqtt_tls),
            "SPOTFI_RADIUS_AUTH_PORT": str(auth),
            "SPOTFI_RADIUS_ACCT_PORT": str(acct),
            "SPOTFI_RADSEC_PORT": str(radsec),
            "SPOTFI_ADMIN_EMAIL": ADMIN_EMAIL,
            "SPOTFI_PACKAGES_DIR": str(directory / "packages"),
            **settings,
        }
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SPOTFI_")},
            **self._settings,
            "PYTHONUNBUFFERED": "1",
        }
        self.packages_dir = directory / "packages"
        self.log_path = directory / "spotfi.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._password: str | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Start and wait until ready; the seconds that took."""
        began = time.monotonic()
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [BIN / "spotfi", self._command], env=self.environment, stdout=log, stderr=log
            )
        eventually("/readyz answers 200", self._ready, within_s=120)
        took_s = time.monotonic() - began
        eventually("the start is announced", lambda: "/docs" in self.log(), within_s=60)
        return took_s

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()[-4000:]
        try:
            return httpx.get(f"{self.url}/readyz", timeout=10).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to stop, where it runs, and wait; the seconds that took."""
        began = time.monotonic()
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(how)
        self._process.wait(timeout=60)
        return time.monotonic() - began

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    @property
    def admin_password(self) -> str:
        """What the first start printed."""
        if self._password is None:
            found = re.search(r"[Pp]assword\W+(\S+)", self.log())
            assert found, self.log()[-4000:]
            self._password = found[1]
        return self._password

    def sign_in(self, email: str, password: str) -> "Api":
        answer = httpx.post(f"{self.url}/api/v1/auth/token", data={"username": email, "password": password}, timeout=60)
        assert answer.status_code == httpx.codes.OK, answer.text
        return Api(self.url, answer.json()["access_token"])

    def sign_in_admin(self) -> "Api":
        return self.sign_in(ADMIN_EMAIL, self.admin_password)


class Api:
    """The REST API as one signed-in person; every answer is checked for the status that is expected."""

    def __init__(self, url: str, token: str) -> None:
        self._url = f"{url}/api/v1"
        self._authorization = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, *, expect: int = 200, **query: Any) -> Any:
        return self._call("GET", path, expect, params=query).json()

    def post(self, path: str, body: dict[str, Any] | None = None, *, expect: int = 201, **headers: str) -> Any:
        return self._call("POST", path, expect, headers, json=body or {}).json()

    def patch(self, path: str, body: dict[str, Any], *, expect: int = 200) -> Any:
        return self._call("PATCH", path, expect, json=body).json()

    def put(self, path: str, body: dict[str, Any], *, expect: int = 200) -> Any:
        return self._call("PUT", path, expect, json=body).json()

    def content(self, path: str) -> bytes:
        return self._call("GET", path, httpx.codes.OK).content

    def stream(self, path: str) -> AbstractContextManager[httpx.Response]:
        """An answer that is read while it comes."""
        return httpx.stream("GET", self._url + path, headers=self._authorization, timeout=60, trust_env=False)

    def _call(
        self, method: str, path: str, expect: int, headers: dict[str, str] | None = None, **what: Any
    ) -> httpx.Response:
        headers = {**self._authorization, **(headers or {})}
        answer = httpx.request(method, self._url + path, headers=headers, timeout=60, trust_env=False, **what)
        assert answer.status_code == expect, f"{method} {answer.request.url}: {answer.status_code} {answer.text}"
        return answer
