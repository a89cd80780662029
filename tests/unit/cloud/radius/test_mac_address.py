"""MAC addresses in every notation a NAS may use."""

import pytest

from spotfi_cloud.radius.mac_address import normal_mac


@pytest.mark.parametrize(
    "text",
    [
        "aa-bb-cc-0d-0e-0f",
        "AA:BB:CC:0D:0E:0F",
        "aabb.cc0d.0e0f",
        "aabb-cc0d-0e0f",
        "AABBCC-0D0E0F",
        "aabbcc0d0e0f",
    ],
)
def test_one_address_however_it_is_written(text: str) -> None:
    assert normal_mac(text) == "AA-BB-CC-0D-0E-0F"


@pytest.mark.parametrize(
    "text",
    ["", "ada", "aa-bb-cc-0d-0e", "aa-bb:cc-0d-0e-0f", "aa-bb-cc-0d-0e-0g", "aabbcc0d0e0f0", "aa-bb-cc-0d-0e-0f\n"],
)
def test_what_is_none(text: str) -> None:
    assert normal_mac(text) is None
