"""Which text can be read on a host's colour (WCAG 2.2, relative luminance). Pure."""

PLAIN_COLOR = "#1d4ed8"
_BLACK, _WHITE = "#000000", "#ffffff"


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(color: str) -> float:
    """Of `#rrggbb`: 0 for black, 1 for white."""
    red, green, blue = (_linear(int(color[start : start + 2], 16)) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21; text needs 4.5."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(color: str) -> str:
    """Black or white, whichever stands out more; always 4.5 at least."""
    return max((_WHITE, _BLACK), key=lambda text: contrast(text, color))
