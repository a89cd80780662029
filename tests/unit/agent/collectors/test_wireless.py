"""Radios and clients as hostapd and iwinfo of OpenWrt 23.05 and 24.10 describe them; what is lacking stays out."""

from typing import Any

from spotfi_agent.collectors.wireless import Wireless, parse_clients, parse_radio
from spotfi_protocol.samples import Client, Radio

GET_CLIENTS: dict[str, Any] = {
    "freq": 5220,
    "clients": {
        "5A:1F:0C:33:7e:90": {
            "auth": True,
            "assoc": True,
            "authorized": True,
            "preauth": False,
            "wds": False,
            "wmm": True,
            "ht": True,
            "vht": True,
            "he": False,
            "wps": False,
            "mfp": False,
            "rrm": [115, 0, 0, 0, 0],
            "extended_capabilities": [4, 0, 8, 0, 0, 0, 0, 64],
            "aid": 1,
            "signature": "wifi4|probe:0,1,45,127,191|assoc:0,1,48,45,191",
            "bytes": {"rx": 5218441, "tx": 91224017},
            "airtime": {"rx": 320418, "tx": 1901283},
            "packets": {"rx": 33418, "tx": 70122},
            "rate": {"rx": 292600, "tx": 433300},
            "signal": -61,
            "capabilities": {"vht": {"mu-beamformee": False}},
        },
        "02:00:00:aa:bb:cc": {"auth": True, "assoc": False, "authorized": False, "signal": -80},
        "02:00:00:aa:bb:cd": {"auth": True, "assoc": True, "authorized": True, "aid": 2, "signal": 0},
    },
}
IWINFO_INFO: dict[str, Any] = {
    "phy": "phy1",
    "ssid": "Café Central",
    "bssid": "94:83:C4:00:11:22",
    "country": "AT",
    "mode": "Master",
    "channel": 44,
    "center_chan1": 42,
    "frequency": 5220,
    "frequency_offset": 0,
    "txpower": 23,
    "txpower_offset": 0,
    "quality": 49,
    "quality_max": 70,
    "signal": -61,
    "noise": -92,
    "bitrate": 433300,
    "encryption": {"enabled": False},
    "htmodes": ["HT20", "HT40", "VHT20", "VHT40", "VHT80"],
    "hwmodes": ["a", "ac", "n"],
    "hwmode": "ac",
    "htmode": "VHT80",
}


class FakeBus:
    """Answers what it was given; counts what it is asked."""

    def __init__(self, answers: dict[tuple[str, str], dict[str, Any]]) -> None:
        self.answers = answers
        self.lists = 0

    def begin(self) -> None:
        pass

    def call(self, path: str, method: str, args: dict[str, Any] | None = None) -> dict[str, Any] | None:
        return self.answers.get((path if args is None else f"{path} {args['device']}", method))

    def paths(self, pattern: str) -> list[str]:
        self.lists += 1
        assert pattern == "hostapd.*"
        return [path for path, _ in self.answers if path.startswith("hostapd.")]


def test_a_radio_and_its_clients() -> None:
    bus = FakeBus({("hostapd.phy1-ap0", "get_clients"): GET_CLIENTS, ("iwinfo phy1-ap0", "info"): IWINFO_INFO})
    radios, clients = Wireless(bus).read()
    assert radios == {"phy1-ap0": Radio(channel=44, noise_dbm=-92, clients=2)}
    assert clients == {
        "5a1f0c337e90": Client("phy1-ap0", -61, 292_600, 433_300, 5_218_441, 91_224_017),
        "020000aabbcd": Client("phy1-ap0"),
    }


def test_without_iwinfo_the_channel_comes_from_the_frequency() -> None:
    assert parse_radio({}, GET_CLIENTS, 2) == Radio(channel=44, clients=2)
    channels = [parse_radio({}, {"freq": mhz}, 0).channel for mhz in (2412, 2472, 2484, 5955, 7115, 60480, None, "x")]
    assert channels == [1, 13, 14, 1, 233, None, None, None]


def test_noise_a_driver_does_not_know_is_left_out() -> None:
    for noise in (0, -256, 161, None, "low", True):
        assert parse_radio({**IWINFO_INFO, "noise": noise}, {}, 0).noise_dbm is None


def test_answers_of_other_shapes_are_nothing() -> None:
    answers: list[dict[str, Any]] = [{}, {"clients": []}, {"clients": {"aa": 7}}, {"clients": None}]
    for answer in answers:
        assert parse_clients("phy0-ap0", answer) == {}
    odd = parse_clients("x", {"clients": {"AA:BB": {"rate": 5, "bytes": {"rx": -1, "tx": "9"}, "signal": "near"}}})
    assert odd == {"aabb": Client("x")}


def test_interfaces_are_looked_for_now_and_then_and_when_one_is_gone() -> None:
    bus = FakeBus({("hostapd.phy1-ap0", "get_clients"): GET_CLIENTS})
    wireless = Wireless(bus)
    for _ in range(10):
        wireless.read()
    assert bus.lists == 1
    bus.answers.clear()
    assert wireless.read() == ({}, {})
    assert wireless.read() == ({}, {})
    assert bus.lists == 2


def test_a_router_without_wireless_has_none() -> None:
    assert Wireless(FakeBus({})).read() == ({}, {})
