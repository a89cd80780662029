"""Codes of vouchers: unguessable, and typed without mistakes from a slip of paper in bad light. Pure but for the randomness.

A code is random symbols of Crockford's base 32 (no I, L, O, U; five bits each) and one check symbol; a batch may put a prefix
in front. Case, spaces and hyphens do not matter, and O is taken for 0, I and L for 1. The check symbol makes the sum of symbol
i times alpha^i zero in GF(32): one wrong symbol and two symbols swapped are always noticed, before anybody is asked.

Guessing: of 32^n codes `count` are good, so a guess hits with count / 32^n. `shortest_length` asks for 36 bits beyond the
batch's size. The usual 12 symbols (55 bits) leave 41.7 bits against a batch of 10,000: at thirty tries a minute on each of a
thousand routers, some 220 years of guessing for one voucher; at 10,000 a second, past every brake, eleven.
"""

import math
import secrets
from collections.abc import Iterator

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans("OIL", "011", " -\u2010\u2011\u2013\t")
_MARGIN_BITS = 36
_BITS_PER_SYMBOL = 5
_GROUP = 4
LONGEST_LENGTH = 20


def _times_alpha(value: int) -> int:
    """Times x in GF(2)[x] / (x^5 + x^2 + 1), in which x generates all 31 units."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _weighted_sum(symbols: str) -> int:
    """Horner's scheme: the last symbol has weight 1."""
    total = 0
    for symbol in symbols:
        total = _times_alpha(total) ^ _VALUES[symbol]
    return total


def check_symbol(symbols: str) -> str:
    """The symbol that makes a code of these: appended, the weighted sum is zero."""
    return ALPHABET[_times_alpha(_weighted_sum(symbols))]


def shortest_length(count: int) -> int:
    """The fewest symbols, check symbol included, that keep a batch of that size unguessable."""
    return math.ceil((_MARGIN_BITS + math.log2(count)) / _BITS_PER_SYMBOL) + 1


def new_codes(count: int, length: int, prefix: str) -> Iterator[str]:
    """Different codes in normal form; `length` counts random and check symbols, not the prefix."""
    seen: set[str] = set()
    while len(seen) < count:
        symbols = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
        if symbols not in seen:
            seen.add(symbols)
            yield normal_form(prefix) + symbols + check_symbol(symbols)


def normal_form(typed: str) -> str:
    """The form codes are stored and compared in: capitals, no spaces or hyphens, no look-alikes."""
    return typed.upper().translate(_LOOK_ALIKES)


def is_well_typed(code: str, prefix: str = "") -> bool:
    """Whether a code in normal form can be one: its check symbol is right. `prefix`: the batch's."""
    symbols = code.removeprefix(normal_form(prefix))
    return len(symbols) > 1 and all(symbol in _VALUES for symbol in symbols) and _weighted_sum(symbols) == 0


def printed(code: str, prefix: str) -> str:
    """A code as it stands on paper: the prefix as its batch has it, then groups of four."""
    symbols = code[len(prefix) :]
    groups = [symbols[start : start + _GROUP] for start in range(0, len(symbols), _GROUP)]
    return "-".join(([prefix] if prefix else []) + groups)
