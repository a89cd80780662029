"""Radios and their clients, from rpcd's iwinfo and from hostapd. What they do not say is left out.

Sources: the answers of `hostapd.* get_clients` and of `iwinfo info` (rpcd-mod-iwinfo).
"""

from typing import Any

from spotfi_agent.collectors.ubus import Bus
from spotfi_protocol.samples import Client, Radio

_LOOK_AGAIN_AFTER = 10
"""Readings after which it is asked anew which interfaces there are; at once when one of them has gone."""
_MOST_INTERFACES = 32
_MOST_CLIENTS = 512
_OBJECT = "hostapd."
_WEAKEST_DBM = -128


class Wireless:
    """The interfaces hostapd serves."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._names: list[str] = []
        self._readings = 0

    def read(self) -> tuple[dict[str, Radio], dict[str, Client]]:
        """Radios by interface, clients by address."""
        if self._readings % _LOOK_AGAIN_AFTER == 0:
            found = self._bus.paths(f"{_OBJECT}*")
            self._names = [path.removeprefix(_OBJECT) for path in found if path.startswith(_OBJECT)][:_MOST_INTERFACES]
        self._readings += 1
        radios: dict[str, Radio] = {}
        clients: dict[str, Client] = {}
        for name in self._names:
            answer = self._bus.call(f"{_OBJECT}{name}", "get_clients")
            if answer is None:
                self._readings = 0
                continue
            own = parse_clients(name, answer)
            info = self._bus.call("iwinfo", "info", {"device": name}) or {}
            radios[name] = parse_radio(info, answer, len(own))
            clients.update(own)
        return radios, dict(list(clients.items())[:_MOST_CLIENTS])


def parse_radio(info: dict[str, Any], answer: dict[str, Any], clients: int) -> Radio:
    """From `iwinfo info`; the channel else from the frequency hostapd names."""
    channel = _count(info.get("channel")) or _channel_of(_count(answer.get("freq")))
    return Radio(channel, _decibels(info.get("noise")), clients)


def parse_clients(interface: str, answer: dict[str, Any]) -> dict[str, Client]:
    """From hostapd's `get_clients`: those that are associated."""
    rows = answer.get("clients")
    if not isinstance(rows, dict):
        return {}
    return {
        address.replace(":", "").lower(): _to_client(interface, row)
        for address, row in rows.items()
        if isinstance(row, dict) and row.get("assoc", True)
    }


def _to_client(interface: str, row: dict[str, Any]) -> Client:
    rates, sizes = _pair(row.get("rate")), _pair(row.get("bytes"))
    rx_rate, tx_rate = (None if rate is None else round(rate, -2) for rate in rates)
    return Client(interface, _decibels(row.get("signal")), rx_rate, tx_rate, *sizes)


def _pair(value: object) -> tuple[int | None, int | None]:
    return (_count(value.get("rx")), _count(value.get("tx"))) if isinstance(value, dict) else (None, None)


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 1 << 63 else None


def _decibels(value: object) -> int | None:
    """Drivers say 0, or something absurd, for what they do not know."""
    return value if type(value) is int and _WEAKEST_DBM < value < 0 else None


def _channel_of(frequency_mhz: int | None) -> int | None:
    """IEEE 802.11-2020 §15.4.4.3, §17.3.8.4 and 802.11ax for 6 GHz."""
    match frequency_mhz:
        case 2484:
            return 14
        case int(mhz) if 2412 <= mhz <= 2472:
            return (mhz - 2407) // 5
        case int(mhz) if 5160 <= mhz <= 5885:
            return (mhz - 5000) // 5
        case int(mhz) if 5955 <= mhz <= 7115:
            return (mhz - 5950) // 5
    return None
