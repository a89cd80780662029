"""A browser's refresh token lies in a cookie that scripts cannot read; the dashboard learns what its account may do."""

import httpx
import pytest

from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Town


def _client(town: Town, scheme: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(town.app, client=("127.0.0.1", 50000))
    town.clients.append(httpx.AsyncClient(transport=transport, base_url=f"{scheme}://spotfi.test/api/v1/auth"))
    return town.clients[-1]


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
async def test_a_browser_never_sees_its_refresh_token(town: Town, scheme: str, secure: bool) -> None:
    browser = _client(town, scheme)
    form = {"username": ADMIN_EMAIL, "password": PASSWORD, "cookie": "true"}
    answer = await browser.post("/token", data=form)
    assert answer.json()["refresh_token"] is None
    words = {word.strip().lower() for word in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=strict", "path=/api/v1/auth"} <= words
    assert ("secure" in words) is secure
    again = await browser.post("/refresh")
    assert again.status_code == httpx.codes.OK
    assert again.json()["refresh_token"] is None
    assert again.headers["set-cookie"] != answer.headers["set-cookie"]
    token = {"Authorization": f"Bearer {again.json()['access_token']}"}
    assert (await browser.post("/logout", headers=token)).status_code == httpx.codes.NO_CONTENT
    assert not browser.cookies
    assert (await browser.post("/refresh")).status_code == httpx.codes.UNAUTHORIZED


async def test_one_learns_ones_rights(town: Town) -> None:
    admin = await (await town.admin()).get("/auth/me")
    assert admin["rights"]["audit"] == "read"
    assert admin["rights"]["money"] == "write"
    assert admin["second_factor"] is False
    host = await (await town.move_in("Café")).get("/auth/me")
    assert host["rights"]["money"] == "read"
    assert host["rights"]["staff"] == "none"
