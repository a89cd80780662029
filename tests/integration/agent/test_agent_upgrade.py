"""An upgrade of the agent ends in the new version or in the old one, whatever happens, and the cloud is told which."""

import http.server
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from spotfi_protocol.messages import Result, ResultState
from tests.integration.agent.packaged_router import Feed, PackagedRouter, wait_until_tidy
from tests.integration.agent.peers import Broker, Certificates, SmallCloud, eventually

_PATH = "/api/v1/device/packages/"

Install = Callable[..., PackagedRouter]


@pytest.fixture(scope="module")
def first_version(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("feed")
    feed = Feed(folder)
    feed.offer("0.1.0")
    return folder, feed.files


@pytest.fixture
def feed(first_version: tuple[Path, dict[str, bytes]]) -> Feed:
    feed = Feed(first_version[0])
    feed.files = first_version[1]
    return feed


@pytest.fixture
def api_port(certificates: Certificates, feed: Feed) -> Iterator[int]:
    """The part of the cloud's API that offers packages."""

    class Api(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = feed.files.get(self.path.removeprefix(_PATH), b"")
            is_known = self.headers["Authorization"] is not None and bool(content)
            self.send_response(200 if is_known else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.socket = certificates.server_context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def install(tmp_path: Path, feed: Feed, broker: Broker, certificates: Certificates, api_port: int) -> Iterator[Install]:
    """Make enrolled routers with version 0.1.0 from its package."""
    routers: list[PackagedRouter] = []

    def make(upgrade_timeout_s: int = 60) -> PackagedRouter:
        router = PackagedRouter(tmp_path / f"root{len(routers)}", feed, upgrade_timeout_s=upgrade_timeout_s)
        url = f"wss://localhost:{api_port}/mqtt"
        router.identify(certificates.ca_pem, mqtt_port=broker.tls_port, websocket_url=url)
        broker.admit(router.router_id, router.key)
        routers.append(router)
        router.boot()
        return router

    yield make
    for router in routers:
        router.stop()
        print(router.log())


def result_of(cloud: SmallCloud, command_id: UUID, within_s: float = 80) -> Result:
    result: Result = eventually("the result", lambda: cloud.final(command_id), within_s=within_s)
    return result


def test_a_new_version_comes_up_and_says_so_itself(install: Install, cloud: SmallCloud, feed: Feed) -> None:
    router = install()
    eventually("hello", lambda: cloud.hellos)
    feed.offer("0.2.0")
    command_id = cloud.order(router.router_id, "agent_upgrade", version="0.2.0")
    result = result_of(cloud, command_id)
    assert result.state is ResultState.SUCCEEDED, result
    assert result.detail == {"message": "The agent was version 0.1.0 and is version 0.2.0 now.", "version": "0.2.0"}
    assert cloud.hellos[-1].agent_version == "0.2.0"
    wait_until_tidy(router)
    assert router.installs() == 1
    again_id = cloud.order(router.router_id, "agent_upgrade", version="0.2.0")
    assert result_of(cloud, again_id).detail["message"] == "Version 0.2.0 is here already."


@pytest.mark.parametrize("fault", ["raise SystemExit(1)", "Link.start = lambda self: None"])
def test_a_new_version_that_does_not_reach_the_cloud_is_taken_back(
    install: Install, cloud: SmallCloud, feed: Feed, fault: str
) -> None:
    router = install(upgrade_timeout_s=3)
    eventually("hello", lambda: cloud.hellos)
    before = router.sources()
    feed.offer("0.2.0", fault)
    result = result_of(cloud, cloud.order(router.router_id, "agent_upgrade", version="0.2.0"))
    assert result.state is ResultState.FAILED
    assert result.detail["message"] == (
        "Version 0.2.0 did not reach the cloud within 3 s. The old version, 0.1.0, is back."
    )
    assert cloud.hellos[-1].agent_version == "0.1.0"
    assert router.sources() == before
    wait_until_tidy(router)


def test_a_version_that_was_taken_back_can_be_tried_again(install: Install, cloud: SmallCloud, feed: Feed) -> None:
    """opkg thinks that it is installed."""
    router = install()
    eventually("hello", lambda: cloud.hellos)
    (router.root / "opkg.version").write_text("0.2.0-1\n")
    feed.offer("0.2.0")
    result = result_of(cloud, cloud.order(router.router_id, "agent_upgrade", version="0.2.0"))
    assert result.state is ResultState.SUCCEEDED, result
    assert router.installs() == 1
    assert router.status()["version"] == "0.2.0"


def test_what_nobody_vouches_for_is_not_installed(install: Install, cloud: SmallCloud, feed: Feed) -> None:
    router = install()
    eventually("hello", lambda: cloud.hellos)
    before = router.sources()

    def told(**args: Any) -> str:
        command_id = cloud.order(router.router_id, "agent_upgrade", **args)
        result = result_of(cloud, command_id)
        assert result.state is ResultState.FAILED
        return str(result.detail["message"])

    assert "offers no package of version 0.2.0 for opkg" in told(version="0.2.0")
    feed.offer("0.2.0")
    good = dict(feed.files)
    name = next(name for name in good if name.endswith(".ipk"))
    assert "its SHA-256 differs" in told(version="0.2.0", sha256="0" * 64)
    feed.files = {**good, name: good[name] + b"x"}
    assert "damaged" in told(version="0.2.0")
    feed.files = {**good, "opkg/Packages": good["opkg/Packages"] + b"\n"}
    assert "No key in /etc/opkg/keys vouches" in told(version="0.2.0")
    (router.root / "etc/opkg/keys/feed").unlink()
    feed.files = good
    assert "No key in /etc/opkg/keys vouches" in told(version="0.2.0")
    feed.files = {}
    assert "offers no package: asked for SHA256SUMS, it answered with status 404" in told(version="0.2.0")
    assert "must be a version" in told(version="../../etc/passwd")
    assert router.sources() == before
    assert router.installs() == 0
    assert router.is_tidy()


def test_a_package_manager_that_fails_leaves_the_old_version(install: Install, cloud: SmallCloud, feed: Feed) -> None:
    router = install()
    eventually("hello", lambda: cloud.hellos)
    before = router.sources()
    feed.offer("0.2.0")
    (router.root / "opkg.fails").touch()
    result = result_of(cloud, cloud.order(router.router_id, "agent_upgrade", version="0.2.0"))
    assert result.state is ResultState.FAILED
    assert "opkg did not install version 0.2.0: Collected errors: no space left" in result.detail["message"]
    assert router.sources() == before
    wait_until_tidy(router)


@pytest.mark.parametrize("seed", range(4))
def test_power_cut_at_a_random_moment_of_an_upgrade(install: Install, cloud: SmallCloud, feed: Feed, seed: int) -> None:
    """Every second new version is broken. Cut up to three times, then left alone."""
    chance = random.Random(seed)
    router = install(upgrade_timeout_s=6)
    eventually("hello", lambda: cloud.hellos)
    before = router.sources()
    feed.offer("0.2.0", "raise SystemExit(1)" if seed % 2 else "")
    command_id = cloud.order(router.router_id, "agent_upgrade", version="0.2.0", expires_in_s=300)
    for _ in range(chance.randint(1, 3)):
        time.sleep(chance.uniform(0.05, 3.5))
        router.cut_power()
        router.boot()
    result = result_of(cloud, command_id, within_s=120)
    assert router.installs() <= 1
    wait_until_tidy(router)
    eventually("back", lambda: router.status()["link"]["state"] == "online", within_s=40)
    version = router.status()["version"]
    assert (version == "0.2.0") == (result.state is ResultState.SUCCEEDED), result
    assert version == "0.2.0" or router.sources() == before
    assert seed % 2 == 0 or version == "0.1.0"


@pytest.mark.parametrize("seed", range(2))
def test_a_guard_that_is_killed_is_missed(install: Install, cloud: SmallCloud, feed: Feed, seed: int) -> None:
    """The agent that runs, of either version, sees that nobody is at it."""
    chance = random.Random(seed)
    router = install(upgrade_timeout_s=40 if seed else 10)
    eventually("hello", lambda: cloud.hellos)
    feed.offer("0.2.0", "" if seed else "Link.start = lambda self: None")
    command_id = cloud.order(router.router_id, "agent_upgrade", version="0.2.0", expires_in_s=300)
    eventually("the guard", (router.root / "etc/rc.d/S94spotfi-upgrade").is_symlink)
    eventually("the new version", lambda: cloud.final(command_id) or '"0.2.0"' in _running(router))
    if not seed:  # this one does not reach the cloud, so there is time to ask
        shown = json.loads(router.call("doctor", "--json").stdout)
        assert any(each["check"] == "upgrade" and "from version 0.1.0 to 0.2.0" in each["said"] for each in shown)
    time.sleep(chance.uniform(0, 0.5))
    router.kill_guard()
    result = result_of(cloud, command_id)
    assert (result.state is ResultState.SUCCEEDED) == bool(seed), result
    wait_until_tidy(router)


def _running(router: PackagedRouter) -> str:
    status = router.directory / "run" / "status.json"
    return status.read_text() if status.exists() else ""
