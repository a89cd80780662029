"""What routers ask of the API with their own keys: bytes to measure their way with, and nothing without the right key."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town


@pytest.fixture
async def owner(town: Town) -> Person:
    return await town.move_in("Café Central")


@pytest.fixture
async def grant(owner: Person, town: Town) -> dict[str, Any]:
    created = await owner.post("/routers", {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent"})
    answer = await town.open_client().post("/api/v1/enrolment", json={"code": created["enrolment_code"]})
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
async def device(town: Town, grant: dict[str, Any]) -> AsyncIterator[httpx.AsyncClient]:
    async with town.open_client() as client:
        client.auth = httpx.BasicAuth(grant["router_id"], grant["device_key"])
        yield client


async def test_bytes_down_and_up(device: httpx.AsyncClient) -> None:
    down = await device.get("/api/v1/device/speed", params={"bytes": 200_000})
    assert (down.status_code, len(down.content)) == (200, 200_000)
    up = await device.post("/api/v1/device/speed", content=bytes(256 * 1024))
    assert up.status_code == 204
    assert (await device.get("/api/v1/device/speed", params={"bytes": 10**12})).status_code == 422


async def test_nothing_without_the_right_key(
    device: httpx.AsyncClient, grant: dict[str, Any], owner: Person, database: Database
) -> None:
    path = "/api/v1/device/speed?bytes=1"
    pairs = [("", ""), (grant["router_id"], "wrong"), ("no id", grant["device_key"]), (grant["router_id"], "é")]
    for pair in pairs:
        assert (await device.get(path, auth=httpx.BasicAuth(*pair))).status_code == 401
    assert (await device.get(path, auth=None)).status_code == 401
    await owner.post(f"/routers/{grant['router_id']}/revoke", {}, expect=200)
    assert (await device.get(path)).status_code == 401


async def test_packages_are_offered_where_the_installation_has_some(
    device: httpx.AsyncClient, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/api/v1/device/packages/"
    assert (await device.get(f"{path}SHA256SUMS")).status_code == 404
    (tmp_path / "out" / "opkg").mkdir(parents=True)
    (tmp_path / "out" / "opkg" / "Packages").write_text("Package: spotfi-agent\n")
    (tmp_path / "secret").write_text("secret")
    monkeypatch.setattr(town.app.state, "packages_dir", tmp_path / "out")
    assert (await device.get(f"{path}opkg/Packages")).text == "Package: spotfi-agent\n"
    assert (await device.get(f"{path}opkg/other.ipk")).status_code == 404
    for outside in ("..%2fsecret", "opkg/..%2f..%2fsecret", "opkg", "/etc/passwd", "opkg/../../secret"):
        assert (await device.get(f"{path}{outside}")).status_code in {404, 422}
    assert (await device.get(f"{path}opkg/Packages", auth=None)).status_code == 401
