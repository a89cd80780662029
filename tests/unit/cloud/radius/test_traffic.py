"""Up is from the guest, whichever way a NAS counts."""

import pytest

from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.traffic import Traffic, read_traffic


def interim(*attributes: bytes) -> Packet:
    return decode(sign_request(Code.ACCOUNTING_REQUEST, 1, b"s", attributes))


COUNTED = interim(
    values.integer(Attr.ACCT_INPUT_OCTETS, 10),
    values.integer(Attr.ACCT_INPUT_GIGAWORDS, 1),
    values.integer(Attr.ACCT_OUTPUT_OCTETS, 20),
)


@pytest.mark.parametrize("kind", [kind for kind in NasKind if kind is not NasKind.COOVACHILLI])
def test_input_is_what_the_guest_sent(kind: NasKind) -> None:
    assert read_traffic(COUNTED, kind) == Traffic(up_bytes=(1 << 32) + 10, down_bytes=20)


def test_coovachilli_counts_for_the_guest() -> None:
    assert read_traffic(COUNTED, NasKind.COOVACHILLI) == Traffic(up_bytes=20, down_bytes=(1 << 32) + 10)


def test_a_nas_that_does_not_count_did_not_count_zero() -> None:
    assert read_traffic(interim(), NasKind.USPOT) == Traffic(up_bytes=None, down_bytes=None)


@pytest.mark.parametrize("kind", NasKind)
def test_a_nas_that_is_configured_otherwise_than_its_kind_is_read_as_it_is_configured(kind: NasKind) -> None:
    for_nas, for_guest = (read_traffic(COUNTED, kind, swapped=swapped) for swapped in (False, True))
    assert for_nas == Traffic(up_bytes=(1 << 32) + 10, down_bytes=20)
    assert for_guest == Traffic(up_bytes=20, down_bytes=(1 << 32) + 10)
