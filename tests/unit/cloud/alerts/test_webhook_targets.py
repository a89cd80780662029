"""Webhooks go to the public internet only, however an address is written or wrapped."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.alerts.targets import TargetRefusedError, check_url, is_public

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
)  # fmt: skip
PUBLIC = ("1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1")


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_none_of_the_internets(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address: ipaddress.IPv4Address) -> None:
    plain, number = is_public(str(address)), int(address)
    assert is_public(f"::ffff:{address}") == plain
    assert is_public(str(ipaddress.IPv6Address((0x64FF9B << 96) | number))) == plain
    assert is_public(str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80)))) == plain


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "https:///x", "example.com", "https://u:p@example.com/",
        "https://u@example.com/", "https://example.com:99999/", "https://example.com/#a", "https://localhost/",
        "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest",
        "https://example.com/a b", "https://exämple.com/", "https://example.com/\r\nHost: x",
    ],
)  # fmt: skip
def test_urls_that_lead_elsewhere_are_refused(url: str) -> None:
    with pytest.raises(TargetRefusedError) as refused:
        check_url(url, allow_private=False)
    assert refused.value.field == "url"


def test_a_setting_allows_ones_own_network() -> None:
    assert check_url("https://example.com:8443/hook?a=b", allow_private=False)
    for url in ("http://127.0.0.1:9000/hook", "https://10.0.0.1/", "http://localhost/"):
        assert check_url(url, allow_private=True) == url
    with pytest.raises(TargetRefusedError):
        check_url("gopher://127.0.0.1/", allow_private=True)
