"""The page guests log in on, as routers' captive portals send them there. Public, without JavaScript, outside the API."""

import re
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.errors import NotFoundError
from spotfi_cloud.portal import service, showing
from spotfi_cloud.portal.guest_token import TOKEN_LIFE, Guest, GuestTokens
from spotfi_cloud.portal.pages import Look, moving_page, problem_page
from spotfi_cloud.portal.rules import Standing, is_open
from spotfi_cloud.portal.schemas import GuestForm
from spotfi_cloud.portal.showing import CAPTURED_URL, Scene
from spotfi_cloud.portal.uam import Result, logoff_url, logon_url
from spotfi_cloud.portal.wording import choose_language
from spotfi_cloud.portal.words import Words
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.subscribers.voucher_codes import printed

router = APIRouter(prefix="/portal/{key}", include_in_schema=False)
_log = structlog.get_logger(__name__)
_GUEST, _CODE = "spotfi_guest", "spotfi_code"
_CODE_LIFE_S = 1800
_CODE_FORM = re.compile(r"[0-9A-Za-z -]{1,60}")
_LOGO_LIFE = "public, max-age=3600"


@router.get("/logo", response_class=Response)
async def get_logo(session: RequestSession, key: str) -> Response:
    """The host's logo."""
    logo = await service.logo_of(session, key)
    return Response(logo.image, media_type=logo.content_type, headers={"Cache-Control": _LOGO_LIFE})


@router.get("", response_class=HTMLResponse)
@router.get("/", response_class=HTMLResponse)
async def show_page(request: Request, session: RequestSession, key: str) -> HTMLResponse:
    """The page: to log in, or what is left."""
    keys = _keys(request)
    try:
        scene = await _scene(request, session, key, keys)
    except (service.LinkRefusedError, NotFoundError) as error:
        return _refuse(request, error)
    failed = scene.visit is not None and scene.result is Result.FAILED
    why = await service.why_refused(session, scene.visit, keys=keys) if failed and scene.visit is not None else None
    return showing.show(scene, why)


@router.post("", response_class=HTMLResponse)
@router.post("/", response_class=HTMLResponse)
async def use_page(
    request: Request, session: RequestSession, key: str, form: Annotated[GuestForm, Form()]
) -> HTMLResponse:
    """Log in or out, by way of the router."""
    keys = _keys(request)
    try:
        scene = await _scene(request, session, key, keys)
    except (service.LinkRefusedError, NotFoundError) as error:
        return _refuse(request, error)
    if form.action == "logout":
        return _log_out(scene)
    if scene.visit is None:
        return _walk_in(request, scene, form)
    return await _log_in(request, session, scene, scene.visit, form)


def _keys(request: Request) -> service.Keys:
    state = request.app.state
    return service.Keys.derive(state.secret_key, state.clock, state.timezone)


def _tokens(request: Request) -> GuestTokens:
    return GuestTokens(request.app.state.secret_key, request.app.state.clock)


def _language(request: Request, *hosts_own: str | None) -> str:
    return choose_language(request.headers.get("accept-language", ""), *hosts_own)


def _refuse(request: Request, error: service.LinkRefusedError | NotFoundError) -> HTMLResponse:
    language = _language(request)
    refused = isinstance(error, service.LinkRefusedError)
    _log.info("guest_link_refused", reason=error.code, field=error.field)
    text = Words(language, "UTC").say(error.message if refused else "page_unknown")
    return problem_page(422 if refused else 404, text, language)


async def _scene(request: Request, session: AsyncSession, key: str, keys: service.Keys) -> Scene:
    spot = await service.find_spot_of(session, key)
    query: bytes = request.scope["query_string"]
    visit = await service.read_visit(session, spot, _addresses(request), query, keys=keys)
    guest = _tokens(request).read(request.cookies.get(_GUEST, ""), spot.branding.host_id)
    standing = await service.standing_of_guest(session, guest, visit, keys=keys)
    words = Words(_language(request, spot.branding.language), spot.zone)
    look = Look.of(spot.branding, f"/portal/{key}")
    code, brings_code = _code_to_fill_in(request, guest, standing), "code" in request.query_params
    return Scene(look, words, visit, guest, standing, code, brings_code, keys.clock)


def _addresses(request: Request) -> tuple[bytes, ...]:
    """How the router may have been told to write the address of the page that was asked for."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    seen = f"{request.url.scheme}://{request.url.netloc}"
    return tuple(origin.encode() + path for origin in {request.app.state.public_url, seen})


def _code_to_fill_in(request: Request, guest: Guest | None, standing: Standing | None) -> str:
    """From the QR code on a voucher, or the last one that was typed here, unless it is of no use any more."""
    useful = guest is not None and guest.is_voucher and standing is not None and standing.refusal is None
    known = printed(guest.username, "") if guest is not None and useful else ""
    for code in (request.query_params.get("code"), request.cookies.get(_CODE), known):
        if code and _CODE_FORM.fullmatch(code):
            return code
    return ""


def _log_out(scene: Scene) -> HTMLResponse:
    nas = scene.visit.link.nas if scene.visit is not None else scene.guest.nas if scene.guest is not None else None
    if nas is None:
        answer = showing.form(scene, note=scene.words.say("logged_out"))
    else:
        answer = moving_page(scene.look, scene.words, logoff_url(nas), scene.words.say("moving_out"))
    for name in (_GUEST, _CODE):
        answer.delete_cookie(name, path="/portal")
    return answer


def _walk_in(request: Request, scene: Scene, form: GuestForm) -> HTMLResponse:
    """Nobody's router is waiting: keep the code for when the guest comes by way of one. It is not even looked at here."""
    if not _CODE_FORM.fullmatch(form.code):
        return showing.form(scene, scene.words.say("no_code"), code="")
    hint = scene.words.say("walk_in_hint", venue=scene.look.venue)
    answer = moving_page(scene.look, scene.words, CAPTURED_URL, scene.words.say("walk_in"), hint)
    _set_cookie(request, answer, _CODE, form.code, _CODE_LIFE_S)
    return answer


async def _log_in(
    request: Request, session: AsyncSession, scene: Scene, visit: service.Visit, form: GuestForm
) -> HTMLResponse:
    words, keys, by_code = scene.words, _keys(request), form.action == "voucher"
    if not (form.code if by_code else form.username and form.password):
        return _ask_again(scene, form, words.say("no_code" if by_code else "no_password"))
    try:
        if by_code:
            entered = await service.enter_with_code(session, visit, form.code, keys=keys)
        else:
            entered = await service.enter_with_password(session, visit, form.username, form.password, keys=keys)
    except service.TooManyCodesError as error:
        _log.warning("guest_slowed_down", router_id=str(visit.router_id), retry_after_s=error.retry_after_s)
        answer = _ask_again(scene, form, words.say("too_many_tries", seconds=error.retry_after_s))
        answer.status_code = 429
        answer.headers["Retry-After"] = str(error.retry_after_s)
        return answer
    if entered is None:
        return _ask_again(scene, form, words.say("wrong_code" if by_code else "wrong_password"))
    if entered.refusal is not None:
        return _ask_again(scene, form, scene.say_refusal(entered.refusal, entered.account))
    if entered.too_long:
        return _ask_again(scene, form, words.say("too_long"))
    return _send_in(request, scene, visit, entered, by_code=by_code)


def _ask_again(scene: Scene, form: GuestForm, problem: str) -> HTMLResponse:
    by_code = form.action == "voucher"
    return showing.form(scene, problem, username="" if by_code else form.username, code=form.code if by_code else None)


def _send_in(
    request: Request, scene: Scene, visit: service.Visit, entered: service.Entered, *, by_code: bool
) -> HTMLResponse:
    """On to the router with the proof; or to be logged out there first, where another session may be open; or, without a
    challenge, to fetch one: the guest comes back, and the page knows them."""
    words, nas, account = scene.words, visit.link.nas, entered.account
    url, note = CAPTURED_URL, words.say("moving")
    if not is_open(visit.link.result):
        url, note = logoff_url(nas), words.say("moving_out")
    elif entered.proof is not None:
        url = logon_url(nas, account.username, entered.proof, visit.user_url)
    answer = moving_page(scene.look, words, url, note)
    guest = Guest(
        account.subscriber_id,
        account.username,
        by_code,
        visit.host_id,
        visit.link.device,
        nas,
        visit.user_url or (scene.guest.user_url if scene.guest is not None else None),
    )
    _set_cookie(request, answer, _GUEST, _tokens(request).issue(guest), int(TOKEN_LIFE.total_seconds()))
    answer.delete_cookie(_CODE, path="/portal")
    return answer


def _set_cookie(request: Request, answer: Response, name: str, value: str, life_s: int) -> None:
    """For these pages alone, out of scripts' reach; sent along when a router's redirect brings the guest back."""
    secure = request.url.scheme == "https"
    answer.set_cookie(name, value, max_age=life_s, path="/portal", httponly=True, secure=secure, samesite="lax")
