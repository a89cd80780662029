"""An upgrade of the agent from end to end: the package an operator publishes, the command, and the version that is there after.

Real are the cloud with its HTTPS, the package as `make -C openwrt-package` builds and signs it, and the agent with its guard;
the package manager is the stand-in of tests/integration/agent/packaged_router.py, as Debian has neither opkg nor apk.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Api, Installation, eventually
from tests.integration.agent.packaged_router import Feed, PackagedRouter, wait_until_tidy


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    feed = Feed(tmp_path / "feed")
    feed.offer("0.1.0")
    return feed


@pytest.fixture
def router(tmp_path: Path, feed: Feed) -> Iterator[PackagedRouter]:
    """With version 0.1.0 from its package, not enrolled yet."""
    router = PackagedRouter(tmp_path / "root", feed, upgrade_timeout_s=60, fallback_after_s=2)
    yield router
    router.stop()
    print(router.log())


def publish(installation: Installation, feed: Feed) -> None:
    """Copy what was built to where SPOTFI_PACKAGES_DIR points."""
    for name, content in feed.files.items():
        path = installation.packages_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def shut_primary_out(router: PackagedRouter) -> None:
    """From its next start on, this router reaches the cloud over HTTPS alone."""
    identity_path = router.directory / "identity.json"
    identity_path.write_text(json.dumps({**json.loads(identity_path.read_text()), "mqtt_port": 9}))


def test_an_upgrade_over_mqtt_and_the_return_from_a_broken_one_over_https(
    installation: Installation, admin: Api, router: PackagedRouter, feed: Feed
) -> None:
    host = admin.post("/hosts", {"name": "Versions", "timezone": "UTC", "currency": "EUR"})
    created = admin.post("/routers", {"name": "Old", "host_id": host["id"], "nas_kind": "agent", "address": None})
    router_id = created["id"]

    def wait_for(version: str, transport: str) -> Any:
        def shown() -> bool:
            body = admin.get(f"/routers/{router_id}")
            link = router.status()["link"]
            told = (body["online"], (body["agent"] or {}).get("agent_version"), link.get("transport"))
            return told == (True, version, transport)

        eventually(f"version {version} is online over {transport}", shown, within_s=120)

    def upgrade_to(version: str) -> Any:
        body = {"kind": "agent_upgrade", "args": {"version": version}, "deadline_s": 300}
        accepted = admin.post(f"/routers/{router_id}/commands", body, expect=202)

        def ended() -> Any:
            command = admin.get(f"/commands/{accepted['id']}")
            return command if command["state"] not in {"queued", "sent", "accepted"} else None

        return eventually(f"the upgrade to {version} ends", ended, within_s=240)

    enrolled = router.call("enroll", installation.https_url, given=f"{created['enrolment_code']}\n")
    assert enrolled.returncode == 0, enrolled.stderr
    router.boot()
    wait_for("0.1.0", "mqtt")
    missing = upgrade_to("0.2.0")
    assert (missing["state"], "offers no package" in missing["result"]["message"]) == ("failed", True), missing

    feed.offer("0.2.0")
    publish(installation, feed)
    command = upgrade_to("0.2.0")
    assert command["state"] == "succeeded", command
    assert command["result"]["message"] == "The agent was version 0.1.0 and is version 0.2.0 now."
    wait_for("0.2.0", "mqtt")
    wait_until_tidy(router)
    good = router.sources()

    router.cut_power()
    shut_primary_out(router)
    router.configure(upgrade_timeout_s=5)
    router.boot()
    wait_for("0.2.0", "websocket")
    feed.offer("0.3.0", "raise SystemExit(1)")
    publish(installation, feed)
    command = upgrade_to("0.3.0")
    assert command["state"] == "failed", command
    assert command["result"]["message"] == (
        "Version 0.3.0 did not reach the cloud within 5 s. The old version, 0.2.0, is back."
    )
    wait_for("0.2.0", "websocket")
    assert router.sources() == good
    wait_until_tidy(router)
