"""Attributes on the wire, octet by octet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import Attr, ChilliSpot


@pytest.mark.parametrize(("number", "sent"), [(0, 0), (300, 300), (2**32 - 1, 2**32 - 1), (2**32, 2**32 - 1), (-1, 0)])
def test_numbers_are_bounded_not_wrapped(number: int, sent: int) -> None:
    assert values.integer(Attr.SESSION_TIMEOUT, number) == bytes((27, 6)) + sent.to_bytes(4, "big")
    assert values.vendor_integer(14559, 3, number) == bytes((26, 12)) + (14559).to_bytes(
        4, "big"
    ) + b"\x03\x06" + sent.to_bytes(4, "big")


def test_vendor_text() -> None:
    assert values.vendor_text(ChilliSpot.VENDOR, ChilliSpot.LANG, "de") == b"\x1a\x0a\x00\x00\x38\xdf\x07\x04de"


def test_what_does_not_fit_is_refused() -> None:
    assert len(values.text(Attr.CLASS, "x" * 253)) == 255
    with pytest.raises(ValueError, match="253"):
        values.text(Attr.CLASS, "x" * 254)
    assert len(values.vendor_octets(1, 1, b"x" * 247)) == 255
    with pytest.raises(ValueError, match="247"):
        values.vendor_octets(1, 1, b"x" * 248)


@pytest.mark.parametrize("address", ["10.0.0", "10.0.0.0.1", "10.0.0.256", "ten"])
def test_an_address_has_four_octets(address: str) -> None:
    with pytest.raises(ValueError, match=r"[Oo]ctet"):
        values.ipv4(Attr.FRAMED_IP_ADDRESS, address)


@given(st.text(max_size=900))
def test_a_long_message_is_cut_between_characters(message: str) -> None:
    wire, pieces = values.texts(Attr.REPLY_MESSAGE, message), []
    while wire:
        assert wire[0] == Attr.REPLY_MESSAGE
        pieces.append(wire[2 : wire[1]].decode())
        assert pieces[-1], "an empty attribute says nothing"
        wire = wire[wire[1] :]
    assert "".join(pieces) == message
