"""Pages as HTML: templates, the host's colours, and headers that allow no script. A page is one answer, with its style in it.

Everything in a page is escaped by the templates; what is not text (colours, addresses) is checked before it gets here.
"""

import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from spotfi_cloud.hosts.branding import Branding
from spotfi_cloud.portal.colors import PLAIN_COLOR, contrast, readable_on
from spotfi_cloud.portal.words import Words

_FOLDER = Path(__file__).parent / "templates"
_templates = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_CARD_LIGHT, _CARD_DARK, _FOOT_DARK = "#ffffff", "#1a1d23", "#aab0bb"
_PAGE_LIGHT = "#f3f4f6"
_VISIBLE = 3.0
"""Contrast a bar needs to be seen (WCAG 2.2 §1.4.11)."""
_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Look:
    """What every page of a host has in common; without a host it is nobody's."""

    venue: str = ""
    color: str = PLAIN_COLOR
    background: str | None = None
    logo_path: str | None = None
    welcome: str | None = None
    support: str | None = None
    terms_url: str | None = None
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @classmethod
    def of(cls, branding: Branding, page_path: str) -> "Look":
        """A host's. `page_path`: where the page is, without a slash at the end."""
        return cls(
            venue=branding.name,
            color=branding.color or PLAIN_COLOR,
            background=branding.background_color,
            logo_path=None if branding.logo is None else f"{page_path}/logo",
            welcome=branding.welcome_text,
            support=branding.support_contact,
            terms_url=branding.terms_url,
        )

    @property
    def style(self) -> Markup:
        """The page's style sheet with the host's colours, `#rrggbb` each (hosts/schemas.py), in front."""
        page = self.background or _PAGE_LIGHT
        light = f"--brand:{self.color};--on-brand:{readable_on(self.color)};--bar:{_seen(self.color, _CARD_LIGHT)}"
        dark = f"--bar:{_seen(self.color, _CARD_DARK)};--foot:{_FOOT_DARK}"
        return Markup(  # noqa: S704 - colours of a fixed form and a file of ours
            f"{_style_sheet()}:root{{{light};--foot:{readable_on(page)}}}"
            f"@media (prefers-color-scheme:light){{:root{{--page:{page}}}}}"
            f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        )


def _seen(color: str, on: str) -> str:
    return color if contrast(color, on) >= _VISIBLE else readable_on(on)


@cache
def _style_sheet() -> str:
    return (_FOLDER / "style.css").read_text("utf-8").replace("\n", "")


@cache
def _template(name: str) -> Template:
    return _templates.get_template(f"{name}.html")


def page(name: str, look: Look, words: Words, *, status: int = 200, title: str, **values: Any) -> HTMLResponse:
    """The page of that template. `title`: the name of a text."""
    html = _template(name).render(look=look, words=words, title=title, **values)
    headers = {
        "Content-Security-Policy": _POLICY.format(nonce=look.nonce),
        "Content-Language": words.language,
        "Vary": "Accept-Language, Cookie",
    }
    return HTMLResponse(html, status, headers=headers)


def moving_page(look: Look, words: Words, url: str, note: str, hint: str = "") -> HTMLResponse:
    """Sends the browser on, at once and without a script; a link for where that is switched off.

    No redirect: browsers hold the target of a form, and all it redirects to, against `form-action`, and where a router goes on
    to is its affair.
    """
    answer = page("moving", look, words, title="title_moving", url=url, note=note, hint=hint)
    answer.headers["Refresh"] = f"0; url={url}"
    return answer


def problem_page(status: int, text: str, language: str, look: Look | None = None) -> HTMLResponse:
    """What went wrong, in a sentence."""
    words = Words(language, "UTC")
    return page("problem", look or Look(), words, status=status, title="title_problem", problem=text)
