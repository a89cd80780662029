"""Which way the router reaches the internet, from netifd's dump or the routing table; leases and connections."""

from typing import Any

import pytest

from spotfi_agent.collectors.tables import count_leases, lease_file, parse_count
from spotfi_agent.collectors.wan import Wan, address_of, parse_default_route, parse_wan

LAN: dict[str, Any] = {
    "interface": "lan",
    "up": True,
    "pending": False,
    "available": True,
    "autostart": True,
    "dynamic": False,
    "uptime": 94121,
    "l3_device": "br-lan",
    "proto": "static",
    "device": "br-lan",
    "metric": 0,
    "ipv4-address": [{"address": "192.168.1.1", "mask": 24}],
    "ipv6-address": [],
    "route": [],
}
PPPOE: dict[str, Any] = {
    "interface": "wan",
    "up": True,
    "l3_device": "pppoe-wan",
    "proto": "pppoe",
    "device": "eth1",
    "metric": 10,
    "ipv4-address": [{"address": "203.0.113.77", "mask": 32, "ptpaddress": "198.51.100.1"}],
    "route": [{"target": "0.0.0.0", "mask": 0, "nexthop": "198.51.100.1", "source": "0.0.0.0/0"}],
}
MODEM: dict[str, Any] = {
    "interface": "lte",
    "up": True,
    "l3_device": "wwan0",
    "proto": "qmi",
    "metric": 20,
    "ipv4-address": [{"address": "10.64.3.9", "mask": 30}],
    "route": [{"target": "0.0.0.0", "mask": 0, "nexthop": "10.64.3.10"}],
}
WAN6: dict[str, Any] = {
    "interface": "wan6",
    "up": True,
    "l3_device": "eth1",
    "ipv4-address": [],
    "ipv6-address": [{"address": "2001:db8::17", "mask": 64}],
    "route": [{"target": "::", "mask": 0, "nexthop": "fe80::1"}],
}
DOWN: dict[str, Any] = {"interface": "wan", "up": False, "pending": True, "proto": "dhcp", "device": "eth1"}


@pytest.mark.parametrize(
    ("interfaces", "wan"),
    [
        ([LAN, MODEM, PPPOE], Wan(True, "pppoe-wan", "203.0.113.77")),
        ([LAN, DOWN, MODEM], Wan(True, "wwan0", "10.64.3.9")),
        ([LAN, DOWN], Wan(False, "eth1", None)),
        ([LAN, WAN6], Wan(True, "eth1", "2001:db8::17")),
        ([LAN], Wan()),
        ([], Wan()),
    ],
)
def test_the_interface_with_the_default_route_is_the_wan(interfaces: list[Any], wan: Wan) -> None:
    assert parse_wan({"interface": interfaces}) == wan


@pytest.mark.parametrize("dump", [{}, {"interface": 7}, {"interface": [7, {}, {"interface": None}]}])
def test_an_answer_of_another_shape_names_none(dump: dict[str, Any]) -> None:
    assert parse_wan(dump) == Wan()


ROUTES = (
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    "eth1\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
    "wwan0\t00000000\t0A03400A\t0003\t0\t0\t20\t00000000\t0\t0\t0\n"
    "br-lan\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
)


def test_the_default_route_of_the_least_metric() -> None:
    assert parse_default_route(ROUTES) == "wwan0"
    assert parse_default_route(ROUTES.splitlines()[0]) is None
    assert parse_default_route("") is None


def test_the_kernel_knows_an_interfaces_address() -> None:
    assert address_of("lo") == "127.0.0.1"
    assert address_of("none-such0") is None


NOW_MS = 1_795_000_000_000
LEASES = (
    "1795000100 5a:1f:0c:33:7e:90 192.168.1.113 phone 01:5a:1f:0c:33:7e:90\n"
    "1794999999 5a:1f:0c:33:7e:91 192.168.1.114 * *\n"
    "0 5a:1f:0c:33:7e:92 192.168.1.2 printer *\n"
    "duid 00:01:00:01\n"
)


def test_leases_that_run_are_counted() -> None:
    assert count_leases(LEASES, NOW_MS) == 2
    assert count_leases(LEASES, 60_000) == 3
    assert count_leases("", NOW_MS) == 0
    assert count_leases(None, NOW_MS) is None


def test_a_count_is_a_number_or_nothing() -> None:
    assert parse_count("211\n") == 211
    assert parse_count("") is None


def test_the_lease_file_is_where_dnsmasqs_configuration_says() -> None:
    config = "config dnsmasq\n\toption domainneeded '1'\n\toption leasefile '/mnt/usb/my leases'\n\nconfig dhcp 'lan'\n"
    assert lease_file(config) == "/mnt/usb/my leases"
    assert lease_file(config.replace("leasefile", "localuse")) == "/tmp/dhcp.leases"
    assert lease_file("\toption leasefile\n\toption leasefile ''\n") == "/tmp/dhcp.leases"
    assert lease_file("") == "/tmp/dhcp.leases"
