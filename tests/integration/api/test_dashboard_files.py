"""The dashboard's files: compressed where the browser can, kept as long as their name holds, nothing else from the disk."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from spotfi_cloud.entrypoints.api import dashboard


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "assets" / "index-abc.js").write_text("plain")
    (tmp_path / "assets" / "index-abc.js.br").write_text("brotli")
    (tmp_path / "assets" / "index-abc.js.gz").write_text("gzip")
    monkeypatch.setattr(dashboard, "directory", lambda: tmp_path)
    return tmp_path


async def _get(app: FastAPI, path: str, accept: str = "identity") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://spotfi.test") as client:
        request = client.build_request("GET", path, headers={"Accept-Encoding": accept})
        answer = await client.send(request, stream=True)
        answer.extensions["raw"] = b"".join([part async for part in answer.aiter_raw()])
        return answer


@pytest.mark.usefixtures("built")
async def test_assets_are_kept_for_ever_and_sent_as_the_browser_likes_them(app: FastAPI) -> None:
    for accept, content in (("gzip, deflate, br", b"brotli"), ("gzip", b"gzip"), ("identity", b"plain")):
        answer = await _get(app, "/assets/index-abc.js", accept)
        assert answer.extensions["raw"] == content
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"
    for path in ("/assets/index-abc.js.br", "/assets/..%2findex.html", "/assets/none.js", "/nothing"):
        assert (await _get(app, path)).status_code == httpx.codes.NOT_FOUND


@pytest.mark.usefixtures("built")
async def test_the_page_is_asked_for_each_time_and_runs_only_files_of_ours(app: FastAPI) -> None:
    answer = await _get(app, "/")
    assert answer.headers["cache-control"] == "no-cache"
    policy = dict(each.strip().split(" ", 1) for each in answer.headers["content-security-policy"].split(";"))
    assert policy["script-src"] == "'self'"
    assert policy["default-src"] == "'none'"


async def test_a_missing_build_is_said_in_words(app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "directory", lambda: tmp_path)
    answer = await _get(app, "/")
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert b"make run" in answer.extensions["raw"]
    assert (await _get(app, "/docs")).status_code == httpx.codes.OK


@pytest.mark.usefixtures("built")
async def test_the_page_loads_pictures_of_the_maps_tile_server_where_there_is_one(app: FastAPI) -> None:
    pictures = "img-src 'self' https://tiles.example.com data: blob:;"
    assert pictures not in (await _get(app, "/")).headers["content-security-policy"]
    app.state.map_tiles_url = "https://tiles.example.com/{z}/{x}/{y}.png"
    assert pictures in (await _get(app, "/")).headers["content-security-policy"]
