"""`/docs`: Swagger UI over the OpenAPI document, with files of its own: nothing is loaded from anywhere else."""

from pathlib import Path
from typing import Literal

import swagger_ui_bundle
from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

router = APIRouter(include_in_schema=False)
_FILES = Path(swagger_ui_bundle.swagger_ui_path)
_KEPT_S = 86_400
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>SpotFi API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "none",
  persistAuthorization: false,
});
"""
Asset = Literal["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"]


@router.get("/docs")
async def get_docs() -> HTMLResponse:
    """The page."""
    return HTMLResponse(_PAGE)


@router.get("/docs/start.js")
async def get_docs_start() -> Response:
    """What starts Swagger UI on the page; a file of its own, so that the page needs no inline script."""
    return Response(_START, media_type="text/javascript")


@router.get("/docs/{name}")
async def get_docs_asset(name: Asset) -> FileResponse:
    """One of Swagger UI's files."""
    return FileResponse(_FILES / name, headers={"Cache-Control": f"public, max-age={_KEPT_S}"})
