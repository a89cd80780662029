"""The dashboard at `/`: the files Vite made of `cloud/dashboard`, from the installed package, else from the source tree.

What lies below `/assets` has its content's hash in its name and is kept for ever; the page itself is asked for anew each time.
Beside each file lie `.br` and `.gz` of it, made at build time: nothing is compressed here.
"""

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

import spotfi_cloud

router = APIRouter(include_in_schema=False)
_PACKAGE = Path(spotfi_cloud.__file__).parent
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
_MISSING = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>SpotFi</title>
<p>The dashboard has not been built; <code>make run</code> builds it.
The API works, and <a href="/docs">/docs</a> describes it.</p>
</html>
"""
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# The components set styles from their script; every script is a file from here.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def directory() -> Path:
    """Where the built files are, or would be."""
    inside = _PACKAGE / "dashboard"
    return inside if inside.is_dir() else _PACKAGE.parent / "dashboard" / "dist"


@router.get("/")
async def get_dashboard(request: Request) -> Response:
    """The page; 503 and a sentence where it has not been built."""
    index = directory() / "index.html"
    if not index.is_file():
        return HTMLResponse(_MISSING, 503)
    return _send(request, index, _ASK_EACH_TIME)


@router.get("/favicon.svg")
async def get_icon(request: Request) -> Response:
    """The icon of the page."""
    return _send(request, _within(directory(), "favicon.svg"), _ASK_EACH_TIME)


@router.get("/assets/{name}")
async def get_asset(request: Request, name: str) -> Response:
    """A script, style or picture; its name changes with its content."""
    return _send(request, _within(directory() / "assets", name), _FOR_EVER)


def _within(folder: Path, name: str) -> Path:
    path = folder / name
    if path.parent != folder or path.suffix in {".br", ".gz"} or not path.is_file():
        raise HTTPException(404)
    return path


def _send(request: Request, path: Path, kept: str) -> Response:
    headers = {
        "Cache-Control": kept,
        "Content-Security-Policy": _policy(request.app.state.map_tiles_url),
        "Vary": "Accept-Encoding",
    }
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    encoding, found = _encoded(request, path)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return FileResponse(found, headers=headers, media_type=media_type)


def _policy(tiles_url: str | None) -> str:
    """What the page may load: pictures from the map's tile server too, where there is one."""
    if tiles_url is None:
        return _POLICY
    parts = urlsplit(tiles_url)
    return _POLICY.replace("img-src 'self'", f"img-src 'self' {parts.scheme}://{parts.netloc}")


def _encoded(request: Request, path: Path) -> tuple[str | None, Path]:
    """The best encoding that the client takes and that is there, and its file."""
    accepted = {each.split(";")[0].strip() for each in request.headers.get("accept-encoding", "").split(",")}
    for encoding, suffix in _ENCODINGS:
        other = path.with_name(path.name + suffix)
        if encoding in accepted and other.is_file():
            return encoding, other
    return None, path
