"""MAC addresses as NASes write them: in pairs, threes or fours, with hyphens, colons, dots or nothing between."""

import re

_NOTATION = re.compile(
    r"(?:[0-9a-f]{2}([-:]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}"  # 00-11-22-33-44-55, 00:11:22:33:44:55
    r"|[0-9a-f]{4}([.-])[0-9a-f]{4}\2[0-9a-f]{4}"  # 0011.2233.4455
    r"|[0-9a-f]{6}-?[0-9a-f]{6}",  # 001122-334455, 001122334455
    re.IGNORECASE,
)
_LENGTHS = frozenset({12, 13, 14, 17})
"""Of all notations: tells most user names from an address without looking further."""
_PAIRS = re.compile("..")


def normal_mac(text: str) -> str | None:
    """The address as `AA-BB-CC-DD-EE-FF` (RFC 3580 §3.20 writes it so); None where the text is none."""
    if len(text) not in _LENGTHS or not _NOTATION.fullmatch(text):
        return None
    return "-".join(_PAIRS.findall(re.sub("[-:.]", "", text).upper()))
