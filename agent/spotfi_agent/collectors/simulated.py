"""A machine that does not exist, for demonstrations: believable figures with an evening peak, the same for the same seed.

Counters are integrals of smooth rates over the time since boot, so they never go back and need no memory; they begin
again at zero when the boot mark is written anew.
"""

import math
import random
from pathlib import Path

from spotfi_agent.clock import Clock
from spotfi_agent.collectors.machine import Description
from spotfi_protocol.samples import Client, InterfaceCounters, Radio, Sample

_DAY_S = 86_400.0
_MEGABYTE = 1_000_000
_MODELS = ("TP-Link Archer C7 v5", "GL.iNet GL-MT1300", "Xiaomi Mi Router 4A Gigabit", "Linksys WRT3200ACM")
_MEAN_PACKET_BYTES = 900
_MOST_GUESTS = 12
_RADIO_NAMES = ("phy0-ap0", "phy1-ap0")


class SimulatedMachine:
    """Two processors, 128 to 512 MB of memory, a WAN, a bridge and two radios."""

    def __init__(self, seed: str, clock: Clock, *, boot_mark: Path) -> None:
        chance = random.Random(seed)  # noqa: S311 - believable, not secret
        self._seed = seed
        self._clock = clock
        self._boot_mark = boot_mark
        self._model = chance.choice(_MODELS)
        self._memory_bytes = chance.choice((128, 256, 512)) * 1024 * 1024
        self._disk_bytes = chance.choice((8, 16, 64)) * 1024 * 1024
        self._busy_share = chance.uniform(0.08, 0.25)
        self._down_bytes_per_s = chance.uniform(0.2, 1.5) * _MEGABYTE
        self._peak_s = chance.uniform(18, 22) * 3600
        self._warmth_c = chance.uniform(38, 52)
        self._wan_address = f"100.{chance.randrange(64, 128)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
        self._addresses = [f"02{chance.getrandbits(40):010x}" for _ in range(_MOST_GUESTS)]

    def read(self, *, clients: bool = False) -> Sample:
        now_s = self._clock.wall_ms() / 1000
        boot_s = self._boot_s(now_s)
        uptime_s = now_s - boot_s
        level = self._level(now_s)
        busy_ms = int(self._integral(boot_s, now_s) * self._busy_share * 2 * 1000)
        used_share = 0.45 + 0.12 * level + self._ripple(now_s, "memory", 0.02)
        load = 2 * self._busy_share * level
        guests = self._guests(now_s, level)
        return Sample(
            mono_ms=self._clock.mono_ms(),
            uptime_s=int(uptime_s),
            cpu_busy_ms=busy_ms,
            cpu_total_ms=int(uptime_s * 2 * 1000),
            load=(round(load * (1 + self._ripple(now_s, "load", 0.3)), 2), round(load, 2), round(load * 0.95, 2)),
            memory_total_bytes=self._memory_bytes,
            memory_available_bytes=int(self._memory_bytes * (1 - used_share)),
            disk_total_bytes=self._disk_bytes,
            disk_used_bytes=int(self._disk_bytes * 0.23),
            temperature_c=round(self._warmth_c + 6 * level + self._ripple(now_s, "warmth", 0.8), 1),
            wan_up=True,
            wan_device="eth0",
            wan_address=self._wan_address,
            dhcp_leases=round(4 + 5 * level),
            conntrack_used=round(180 * level * (1 + self._ripple(now_s, "connections", 0.2))),
            conntrack_most=15_872,
            interfaces=self._interfaces(self._integral(boot_s, now_s)),
            radios=self._radios(guests),
            clients=guests if clients else None,
        )

    def describe(self) -> Description:
        board = self._model.lower().replace(" ", ",", 1).replace(" ", "-")
        return Description(f"demo-{self._seed}", self._model, "OpenWrt 24.10.2 (simulated)", board, "simulated/generic")

    def _guests(self, now_s: float, level: float) -> dict[str, Client]:
        """The busier the place, the more of the same phones."""
        guests = {}
        for place, address in enumerate(self._addresses[: round(level * _MOST_GUESTS / 2)]):
            signal_dbm = round(-58 - place + self._ripple(now_s, address, 6))
            since_s = int(now_s) % 7200 + 60
            rate_kbps = 433_300 if signal_dbm > -65 else 130_000
            interface = _RADIO_NAMES[place % 2]
            guests[address] = Client(interface, signal_dbm, rate_kbps, rate_kbps, since_s * 900, since_s * 9000)
        return guests

    @staticmethod
    def _radios(guests: dict[str, Client]) -> dict[str, Radio]:
        interfaces = [guest.interface for guest in guests.values()]
        return {
            name: Radio(channel, noise_dbm, interfaces.count(name))
            for name, channel, noise_dbm in zip(_RADIO_NAMES, (6, 44), (-92, -95), strict=True)
        }

    def _boot_s(self, now_s: float) -> float:
        kernels = Path("/proc")
        try:
            if not self._boot_mark.is_relative_to(kernels):
                return min(now_s, self._boot_mark.stat().st_mtime)
        except OSError:
            pass
        return now_s - self._clock.mono_ms() / 1000

    def _level(self, at_s: float) -> float:
        """How busy the place is: about 0.2 in the early morning, 1.8 at the evening's peak, with short waves."""
        day = math.cos(2 * math.pi * (at_s - self._peak_s) / _DAY_S)
        return 1 + 0.7 * day + 0.15 * math.sin(2 * math.pi * at_s / 420)

    def _integral(self, from_s: float, to_s: float) -> float:
        """Of the level over time: what a counter with mean rate 1 has counted."""

        def antiderivative(at_s: float) -> float:
            day, wave = 2 * math.pi / _DAY_S, 2 * math.pi / 420
            return at_s + 0.7 * math.sin(day * (at_s - self._peak_s)) / day - 0.15 * math.cos(wave * at_s) / wave

        return max(0.0, antiderivative(to_s) - antiderivative(from_s))

    def _ripple(self, at_s: float, what: str, size: float) -> float:
        """The same small accident for the same minute."""
        return random.Random(f"{self._seed}/{what}/{int(at_s // 60)}").uniform(-size, size)  # noqa: S311

    def _interfaces(self, busy_s: float) -> dict[str, InterfaceCounters]:
        down, up = int(busy_s * self._down_bytes_per_s), int(busy_s * self._down_bytes_per_s * 0.12)
        return {
            "eth0": _counters(rx_bytes=down, tx_bytes=up),
            "br-lan": _counters(rx_bytes=up, tx_bytes=down),
            "phy0-ap0": _counters(rx_bytes=up // 3, tx_bytes=down // 3),
            "phy1-ap0": _counters(rx_bytes=up - up // 3, tx_bytes=down - down // 3),
        }


def _counters(*, rx_bytes: int, tx_bytes: int) -> InterfaceCounters:
    return InterfaceCounters(
        rx_bytes, tx_bytes, rx_bytes // _MEAN_PACKET_BYTES, tx_bytes // _MEAN_PACKET_BYTES, up=True
    )
