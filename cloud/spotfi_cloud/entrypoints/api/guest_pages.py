"""Guests' pages below `/portal`: a unit of work for each, and a page in place of the problem document when one is wrong."""

from collections.abc import AsyncIterator

import orjson
from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spotfi_cloud.entrypoints.api.problems import MEDIA_TYPE
from spotfi_cloud.portal.pages import problem_page
from spotfi_cloud.portal.wording import choose_language
from spotfi_cloud.portal.words import Words
from spotfi_cloud.storage.database import Database

_PREFIX = "/portal/"


async def guest_unit_of_work(request: Request) -> AsyncIterator[None]:
    """One transaction for each page. Guests change nothing that the audit log holds."""
    database: Database = request.app.state.database
    async with database.unit_of_work() as session:
        request.state.session = session
        yield


class GuestPages:
    """Turns problem documents below `/portal` into pages: a guest reads a sentence, whatever went wrong."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        status, body = 0, b""

        async def send_on(message: Message) -> None:
            nonlocal status, body
            is_start = message["type"] == "http.response.start"
            if is_start and Headers(raw=message["headers"]).get("content-type") == MEDIA_TYPE:
                status = message["status"]
            elif status:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await _page_for(scope, status, body)(scope, receive, send)
            else:
                await send(message)

        await self._app(scope, receive, send_on)


def _page_for(scope: Scope, status: int, body: bytes) -> ASGIApp:
    language = choose_language(Headers(scope=scope).get("accept-language", ""))
    words = Words(language, "UTC")
    if status == 503:
        text = words.say("away")
    elif status == 404:
        text = words.say("page_unknown")
    elif status < 500 and language == "en":
        text = str(orjson.loads(body)["detail"])
    else:
        text = words.say("try_again")
    return problem_page(status, text, language)
