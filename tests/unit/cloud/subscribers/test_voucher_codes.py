"""Codes are typed by people and guessed by machines."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.subscribers.voucher_codes import (
    ALPHABET,
    check_symbol,
    is_well_typed,
    new_codes,
    normal_form,
    printed,
    shortest_length,
)

symbols = st.text(ALPHABET, min_size=7, max_size=19)


@given(symbols, st.data())
def test_one_wrong_symbol_is_always_noticed(text: str, data: st.DataObject) -> None:
    code = text + check_symbol(text)
    assert is_well_typed(code)
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET).filter(lambda symbol: symbol != code[place]))
    assert not is_well_typed(code[:place] + wrong + code[place + 1 :])


@given(symbols, st.data())
def test_two_symbols_swapped_are_always_noticed(text: str, data: st.DataObject) -> None:
    code = list(text + check_symbol(text))
    one = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.integers(0, len(code) - 1))
    differ = code[one] != code[other]
    code[one], code[other] = code[other], code[one]
    assert is_well_typed("".join(code)) is not differ


@given(st.sampled_from(["", "CAFE", "HOTEL"]))
def test_however_a_code_is_typed_it_is_the_same(prefix: str) -> None:
    (code,) = new_codes(1, 12, prefix)
    paper = printed(code, prefix)
    assert normal_form(paper) == normal_form(paper.lower()) == normal_form(f" {paper.replace('-', ' ')} ") == code
    assert normal_form(paper.replace("0", "o").replace("1", "l")) == code
    assert is_well_typed(code, prefix)
    assert paper.startswith(f"{prefix}-" if prefix else paper[:4])


def test_a_batch_has_no_code_twice() -> None:
    assert len(set(new_codes(5000, 12, ""))) == 5000


@pytest.mark.parametrize("count", [1, 100, 10_000])
def test_a_guess_is_hopeless_whatever_the_size_of_the_batch(count: int) -> None:
    random_bits = 5 * (shortest_length(count) - 1)
    assert random_bits - math.log2(count) >= 36


def test_what_is_no_code_is_told_without_asking_anybody() -> None:
    for text in ("", "A", "ÄÖÜ", "ABCD-EFGH-JKMU", "'; DROP TABLE subscribers; --"):
        assert not is_well_typed(normal_form(text))
