"""Enrolling: which addresses are taken, before anything is sent."""

import pytest

from spotfi_agent.enrolling import read_server_url
from spotfi_agent.failure import Failure


@pytest.mark.parametrize(
    ("typed", "netloc"),
    [
        ("https://spotfi.example:8443", "spotfi.example:8443"),
        ("https://spotfi.example/", "spotfi.example"),
        ("spotfi.example:8443", "spotfi.example:8443"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://localhost:8080", "localhost:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_addresses_of_servers(typed: str, netloc: str) -> None:
    assert read_server_url(typed).netloc == netloc


@pytest.mark.parametrize(
    "typed", ["http://spotfi.example", "http://10.0.0.1", "http://127.0.0.1.example", "http://localhost.example"]
)
def test_the_code_does_not_travel_in_the_clear(typed: str) -> None:
    with pytest.raises(Failure, match="needs https"):
        read_server_url(typed)


@pytest.mark.parametrize("typed", ["", "https://", "ftp://x", "https://x:99999", "https://x?y=z", "mqtts://x"])
def test_what_is_no_address_is_said(typed: str) -> None:
    with pytest.raises(Failure, match="not the address of a server"):
        read_server_url(typed)
