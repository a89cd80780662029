"""Enrolment codes: read aloud, typed by hand, and still safe."""

import re
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_protocol.enrolment import EnrolmentCode, EnrolmentGrant, pin_of
from spotfi_protocol.errors import ProtocolError

CODES = st.builds(EnrolmentCode, st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
LOOKALIKES = {"0": "Oo", "1": "IiLl"}


@given(CODES)
def test_a_code_survives_being_written_down(code: EnrolmentCode) -> None:
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}", str(code))
    assert EnrolmentCode.parse(str(code)) == code


@given(CODES, st.data())
def test_case_spaces_and_lookalikes_do_not_matter(code: EnrolmentCode, data: st.DataObject) -> None:
    typed = "".join(
        data.draw(st.sampled_from([symbol, symbol.lower(), *LOOKALIKES.get(symbol, ""), f" {symbol}", f"{symbol}\n"]))
        for symbol in str(code)
    )
    assert EnrolmentCode.parse(typed) == code


@given(CODES, st.integers(0, 35), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_symbol_is_noticed(code: EnrolmentCode, place: int, symbol: str) -> None:
    symbols = list(str(code).replace("-", ""))
    if symbols[place] == symbol:
        return
    symbols[place] = symbol
    # Twenty bits of checksum: one in a million mistyped codes passes, and is then refused by the server.
    with pytest.raises(ProtocolError, match="mistyped"):
        EnrolmentCode.parse("".join(symbols))


@pytest.mark.parametrize("text", ["", "-", "ABCD", "U" * 36, "é" * 36, "0" * 35, "0" * 37])
def test_what_is_no_code_is_told_apart(text: str) -> None:
    with pytest.raises(ProtocolError, match="nine groups of four"):
        EnrolmentCode.parse(text)


@given(st.text())
def test_any_text_is_refused_and_nothing_worse(text: str) -> None:
    with pytest.raises(ProtocolError):
        EnrolmentCode.parse(text)


def test_a_code_trusts_its_own_ca_only() -> None:
    code = EnrolmentCode.generate(b"the CA")
    assert code.trusts(b"the CA")
    assert not code.trusts(b"another CA")
    assert code.ca_pin == pin_of(b"the CA")
    assert EnrolmentCode.generate(b"the CA").secret != code.secret


GRANT = EnrolmentGrant(UUID(int=7), "key", "mqtt.example.org", 8883, "wss://example.org:8443/mqtt", "-----BEGIN…")


def test_a_grant_survives_the_way() -> None:
    assert EnrolmentGrant.from_wire(GRANT.to_wire()) == GRANT


@pytest.mark.parametrize(
    ("name", "value"),
    [("router_id", "7"), ("device_key", None), ("mqtt_port", 0), ("mqtt_port", 70_000), ("ca_pem", 1)],
)
def test_a_grant_that_cannot_be_used_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ProtocolError, match=name):
        EnrolmentGrant.from_wire({**GRANT.to_wire(), name: value})
