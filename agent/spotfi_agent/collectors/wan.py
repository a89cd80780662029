"""The way to the internet: which interface it is, whether it is up, which address it has.

From netifd (`network.interface dump`) on OpenWrt, elsewhere from the kernel's routing table.
"""

import fcntl
import socket
import struct
from dataclasses import dataclass
from typing import Any

_SIOCGIFADDR = 0x8915
_USUAL_NAMES = ("wan", "wwan", "wan6", "modem")
_MOST_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Wan:
    """None where it is not known."""

    up: bool | None = None
    device: str | None = None
    address: str | None = None


def parse_wan(dump: dict[str, Any]) -> Wan:
    """The interface with the default route of the least metric, else the one that by its name should have it."""
    interfaces = [each for each in _rows(dump.get("interface")) if isinstance(each.get("interface"), str)]
    routed = [each for each in interfaces if each.get("up") is True and _has_default_route(each)]
    if routed:
        return _to_wan(min(routed, key=_metric), up=True)
    for name in _USUAL_NAMES:
        for each in interfaces:
            if each["interface"] == name:
                return _to_wan(each, up=False)
    return Wan()


def parse_default_route(route_table: str) -> str | None:
    """The device of the default route of the least metric, from /proc/net/route."""
    routes = []
    for line in route_table.splitlines()[1:]:
        words = line.split()
        if len(words) >= 8 and words[1] == words[7] == "00000000" and words[6].isdecimal():
            routes.append((int(words[6]), words[0]))
    return min(routes)[1] if routes else None


def address_of(device: str) -> str | None:
    """Its IPv4 address, as the kernel knows it (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            answer = fcntl.ioctl(any_socket, _SIOCGIFADDR, struct.pack("256s", device.encode()[:15]))
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])


def _to_wan(interface: dict[str, Any], *, up: bool) -> Wan:
    device = interface.get("l3_device") or interface.get("device")
    addresses = [*_rows(interface.get("ipv4-address")), *_rows(interface.get("ipv6-address"))]
    address = next((each["address"] for each in addresses if isinstance(each.get("address"), str)), None)
    return Wan(
        up,
        device[:_MOST_CHARACTERS] if isinstance(device, str) else None,
        address[:_MOST_CHARACTERS] if address and up else None,
    )


def _has_default_route(interface: dict[str, Any]) -> bool:
    routes = _rows(interface.get("route"))
    return any(route.get("mask") == 0 and route.get("target") in {"0.0.0.0", "::"} for route in routes)  # noqa: S104 - a route's target


def _metric(interface: dict[str, Any]) -> int:
    metric = interface.get("metric")
    return metric if type(metric) is int else 0


def _rows(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
