"""Which page a guest gets, and what stands on it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse

from spotfi_cloud.access.rules import Account, Refusal
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.portal.guest_token import Guest
from spotfi_cloud.portal.pages import Look, page
from spotfi_cloud.portal.rules import Shown, Standing, what_to_show
from spotfi_cloud.portal.service import Visit
from spotfi_cloud.portal.uam import Result
from spotfi_cloud.portal.words import Words
from spotfi_cloud.subscribers.voucher_codes import printed

CAPTURED_URL = "http://192.0.2.1/"
"""Never there (RFC 5737): a captive portal answers in its place, by sending the guest to their page."""

_SHOWN_AS_SPAN_S = 48 * 3600


@dataclass(frozen=True, slots=True)
class Scene:
    """A guest at the page: its look and language, how they came, who they are and how they stand."""

    look: Look
    words: Words
    visit: Visit | None
    guest: Guest | None
    standing: Standing | None
    code: str
    """To fill in."""
    brings_code: bool
    """The guest came by the QR code of a voucher."""
    clock: Clock

    @property
    def result(self) -> Result | None:
        return None if self.visit is None else self.visit.link.result

    def say_refusal(self, reason: Refusal, account: Account | None) -> str:
        return self.words.refusal(reason, account, self.clock.now())


Why = tuple[Refusal, Account | None] | None


def show(scene: Scene, why: Why = None) -> HTMLResponse:
    """The page as the guest comes to it. `why`: the last login of the device was refused so."""
    if what_to_show(scene.result, scene.standing, brings_code=scene.brings_code) is Shown.STATUS:
        return _status(scene)
    note = scene.words.say("logged_out") if scene.result is Result.LOGGED_OFF else ""
    return form(scene, _problem(scene, why), note=note)


def form(
    scene: Scene, problem: str = "", *, note: str = "", username: str = "", code: str | None = None
) -> HTMLResponse:
    """The page to log in on. Accounts are asked for only where a router is waiting for them."""
    return page(
        "form",
        scene.look,
        scene.words,
        title="title_login",
        problem=problem,
        note=note,
        code=scene.code if code is None else code,
        username=username,
        with_account=scene.visit is not None,
    )


def _problem(scene: Scene, why: Why) -> str:
    standing, visit = scene.standing, scene.visit
    if standing is not None and standing.refusal is not None:
        return scene.say_refusal(standing.refusal, standing.account)
    if visit is None or visit.link.result is not Result.FAILED:
        return ""
    if why is not None:
        return scene.say_refusal(*why)
    said = visit.link.reply if visit.vouched else None
    return said or scene.words.say("try_again")


def _status(scene: Scene) -> HTMLResponse:
    words, standing = scene.words, scene.standing
    online = scene.result is not None and scene.result.is_online
    refusal = None if standing is None else _refusal_to_show(standing, online)
    note = words.say("online" if standing is not None else "online_unknown") if online else ""
    may_go_on = scene.guest is not None and scene.result is Result.SUCCESS and refusal is None
    go_on = scene.guest.user_url if scene.guest is not None and may_go_on else None
    return page(
        "status",
        scene.look,
        words,
        title="title_status",
        problem="" if standing is None or refusal is None else scene.say_refusal(refusal, standing.account),
        note="" if refusal is not None else note,
        go_on=go_on,
        go_on_place="" if go_on is None else urlsplit(go_on).hostname,
        can_log_out=online or scene.guest is not None,
        can_change=refusal is not None,
        walk_in=CAPTURED_URL if scene.visit is None else None,
        **_left(words, standing),
        lines=[] if standing is None else _lines(scene, standing),
    )


def _refusal_to_show(standing: Standing, online: bool) -> Refusal | None:
    """Somebody who is online is not told that their devices are as many as may be."""
    return None if online and standing.refusal is Refusal.TOO_MANY_SESSIONS else standing.refusal


def _left(words: Words, standing: Standing | None) -> dict[str, Any]:
    """The large figure: what is left of the volume, else of the time."""
    if standing is None:
        return {"left": "", "left_of": "", "left_percent": 0}
    terms, left = standing.account.terms, standing.left
    if terms.quota_bytes and left.total_bytes is not None:
        said, whole = words.say("left", bytes=words.volume(left.total_bytes)), words.volume(terms.quota_bytes)
        percent = left.total_bytes * 100 // terms.quota_bytes
    elif terms.time_s and left.time_s is not None:
        said, whole = words.say("time_left", span=words.span(left.time_s)), words.span(terms.time_s)
        percent = left.time_s * 100 // terms.time_s
    else:
        return {"left": "" if standing.has_quota else words.say("unlimited"), "left_of": "", "left_percent": 100}
    return {"left": said, "left_of": words.say("left_of", bytes=whole), "left_percent": percent}


def _other_quotas(words: Words, standing: Standing) -> list[str]:
    """What is left of each limit that is not the large figure."""
    left, lines = standing.left, []
    if left.up_bytes is not None:
        lines.append(words.say("left_up", bytes=words.volume(left.up_bytes)))
    if left.down_bytes is not None:
        lines.append(words.say("left_down", bytes=words.volume(left.down_bytes)))
    if left.total_bytes is not None and left.time_s is not None:
        lines.append(words.say("left_time", span=words.span(left.time_s)))
    return lines


def _lines(scene: Scene, standing: Standing) -> list[str]:
    words, account, guest = scene.words, standing.account, scene.guest
    lines = _other_quotas(words, standing)
    if standing.throttled:
        lines.append(words.say("throttled"))
    if standing.resets_at is not None:
        lines.append(words.say("resets", date=words.date(standing.resets_at)))
    if account.valid_until is not None:
        left_s = (account.valid_until - scene.clock.now()).total_seconds()
        is_near = 0 < left_s <= _SHOWN_AS_SPAN_S
        span = f" ({words.say('time_left', span=words.span(left_s))})" if is_near else ""
        lines.append(words.say("valid_until", date=words.date(account.valid_until)) + span)
    if guest is not None and guest.is_voucher:
        lines.append(words.say("voucher_name", name=printed(account.username, "")))
    else:
        lines.append(words.say("account_name", name=account.username))
    return lines
