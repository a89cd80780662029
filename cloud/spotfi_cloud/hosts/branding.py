"""What guests see of a host: names, colours, logo, whom to ask. Pure.

A logo is told by its first bytes, never by what its sender calls it, and is PNG, JPEG or WebP: an SVG may hold scripts.
"""

from dataclasses import dataclass
from uuid import UUID

MAX_LOGO_BYTES = 256 * 1024
_WEBP_MARK = slice(8, 12)


@dataclass(frozen=True, slots=True)
class Logo:
    """An image and its media type."""

    content_type: str
    image: bytes


@dataclass(frozen=True, slots=True)
class Branding:
    """How a host shows itself to its guests; what it left open is None. `language`: BCP 47, None: the installation's."""

    host_id: UUID
    name: str
    color: str | None
    background_color: str | None
    welcome_text: str | None
    support_contact: str | None
    terms_url: str | None
    language: str | None
    logo_url: str | None
    """A logo elsewhere on the web, for pages that can reach it."""
    logo: Logo | None


def image_type(image: bytes) -> str | None:
    """The media type of an image, by its first bytes; None for anything that is no PNG, JPEG or WebP."""
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if image.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if image.startswith(b"RIFF") and image[_WEBP_MARK] == b"WEBP":
        return "image/webp"
    return None
