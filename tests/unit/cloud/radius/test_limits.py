"""Every kind of NAS is told the quota and the speed in attributes that it obeys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.radius.attributes import ChilliSpot, Mikrotik, WISPr
from spotfi_cloud.radius.authenticity import sign_access_request
from spotfi_cloud.radius.limits import bandwidth_attributes, directed_quota_attributes, quota_attributes
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode

WISPR_KINDS = [kind for kind in NasKind if kind is not NasKind.MIKROTIK]


def told(attributes: bytes) -> Packet:
    return decode(sign_access_request(1, bytes(16), b"", [attributes]))


def number(value: bytes | None) -> int:
    assert value is not None
    return int.from_bytes(value, "big")


def quota_told(kind: NasKind, packet: Packet) -> int:
    vendor, low, gigawords = (
        (Mikrotik.VENDOR, Mikrotik.TOTAL_LIMIT, Mikrotik.TOTAL_LIMIT_GIGAWORDS)
        if kind is NasKind.MIKROTIK
        else (ChilliSpot.VENDOR, ChilliSpot.MAX_TOTAL_OCTETS, ChilliSpot.MAX_TOTAL_GIGAWORDS)
    )
    return (number(packet.vendor(vendor, gigawords)) << 32) + number(packet.vendor(vendor, low))


@given(st.sampled_from(NasKind), st.integers(min_value=1, max_value=2**63 - 1))
def test_the_remaining_volume_arrives_to_the_byte(kind: NasKind, remaining_bytes: int) -> None:
    assert quota_told(kind, told(quota_attributes(kind, remaining_bytes))) == remaining_bytes


@pytest.mark.parametrize("kind", NasKind)
def test_each_direction_is_told_the_way_the_nas_counts(kind: NasKind) -> None:
    vendor, of_input, of_output = (
        (Mikrotik.VENDOR, Mikrotik.RECV_LIMIT, Mikrotik.XMIT_LIMIT)
        if kind is NasKind.MIKROTIK
        else (ChilliSpot.VENDOR, ChilliSpot.MAX_INPUT_OCTETS, ChilliSpot.MAX_OUTPUT_OCTETS)
    )
    for swapped in (None, True, False):
        packet = told(directed_quota_attributes(kind, 5, 7, swapped=swapped))
        for_guest = kind.counts_for_guest if swapped is None else swapped
        found = number(packet.vendor(vendor, of_input)), number(packet.vendor(vendor, of_output))
        assert found == ((7, 5) if for_guest else (5, 7))
    alone = told(directed_quota_attributes(kind, None, 3 << 32, swapped=False))
    assert alone.vendor(vendor, of_input) is None


@pytest.mark.parametrize("kind", NasKind)
@pytest.mark.parametrize("remaining_bytes", [0, -5])
def test_nothing_left_is_never_sent_as_zero_which_would_mean_no_limit(kind: NasKind, remaining_bytes: int) -> None:
    assert quota_told(kind, told(quota_attributes(kind, remaining_bytes))) == 1


@pytest.mark.parametrize("kind", WISPR_KINDS)
def test_speed_in_bits_per_second(kind: NasKind) -> None:
    packet = told(bandwidth_attributes(kind, 2_000_000, 10_000_000))
    assert number(packet.vendor(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_UP)) == 2_000_000
    assert number(packet.vendor(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_DOWN)) == 10_000_000


def test_a_speed_beyond_32_bits_is_bounded_not_wrapped() -> None:
    packet = told(bandwidth_attributes(NasKind.USPOT, None, 10_000_000_000))
    assert number(packet.vendor(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_DOWN)) == 2**32 - 1
    assert packet.vendor(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_UP) is None


@pytest.mark.parametrize(
    ("up_bps", "down_bps", "sent"), [(2_000_000, 10_000_000, b"2000000/10000000"), (None, 5, b"0/5"), (5, None, b"5/0")]
)
def test_mikrotik_gets_up_before_down(up_bps: int | None, down_bps: int | None, sent: bytes) -> None:
    packet = told(bandwidth_attributes(NasKind.MIKROTIK, up_bps, down_bps))
    assert packet.vendor(Mikrotik.VENDOR, Mikrotik.RATE_LIMIT) == sent


@pytest.mark.parametrize("kind", NasKind)
def test_no_speed_limit_is_no_attribute(kind: NasKind) -> None:
    assert bandwidth_attributes(kind, None, None) == b""
