"""A day of a venue's router that does not exist: two radios, ten clients who come, browse, stream and pause, one wired host.

Every client's traffic is drawn anew for each sample (log-normal, so most are small and some huge); the interfaces carry
what the clients make, plus chatter of their own. Nothing is smooth: that would flatter an encoding of differences.
"""

import random
from collections.abc import Iterator

from spotfi_protocol.samples import Client, InterfaceCounters, Radio, Sample

INTERVAL_S = 30
_DAY_S = 86_400
_NIGHT = range(1, 7)
_APS = ("phy0-ap0", "phy1-ap0")


class _Port:
    """Counters of one interface."""

    def __init__(self, chance: random.Random, *, up: bool = True) -> None:
        self.up = up
        self.rx_bytes, self.tx_bytes = (chance.randrange(10**9, 10**11) if up else 0 for _ in range(2))
        self.rx_packets, self.tx_packets = self.rx_bytes // 880, self.tx_bytes // 910

    def carry(self, chance: random.Random, rx_bytes: int, tx_bytes: int) -> None:
        self.rx_bytes += rx_bytes
        self.tx_bytes += tx_bytes
        self.rx_packets += int(rx_bytes / chance.uniform(300, 1400))
        self.tx_packets += int(tx_bytes / chance.uniform(300, 1400))

    def counters(self) -> InterfaceCounters:
        return InterfaceCounters(self.rx_bytes, self.tx_bytes, self.rx_packets, self.tx_packets, self.up)


class _Guest:
    """A client and what it does between two samples."""

    def __init__(self, chance: random.Random) -> None:
        self.address = f"{chance.getrandbits(48):012x}"
        self.interface = chance.choice(_APS)
        self.signal_dbm = chance.randint(-82, -45)
        self.rx_bytes = self.tx_bytes = 0
        self._is_busy = False

    def act(self, chance: random.Random, hour: int) -> tuple[int, int]:
        """Bytes from and to the client; from one to seven at night a busy one is rare."""
        if chance.random() < 0.1:
            self._is_busy = not self._is_busy and (hour not in _NIGHT or chance.random() < 0.1)
        down = int(chance.lognormvariate(13.5 if self._is_busy else 7, 1.5))
        up = int(down * chance.uniform(0.03, 0.3)) + chance.randrange(2000)
        self.rx_bytes += up
        self.tx_bytes += down
        self.signal_dbm = max(-90, min(-35, self.signal_dbm + chance.randint(-3, 3)))
        return up, down

    def row(self, chance: random.Random) -> Client:
        rx_rate, tx_rate = chance.choices((6000, 24_000, 65_000, 130_000, 173_300, 292_600, 433_300), k=2)
        return Client(self.interface, self.signal_dbm, rx_rate, tx_rate, self.rx_bytes, self.tx_bytes)


def day(seed: str) -> Iterator[Sample]:
    """The samples of a day at the default interval, jittered as the agent's are."""
    chance = random.Random(seed)
    names = ("lo", "eth0", "wan", "lan1", "lan2", "lan3", "lan4", "br-lan", *_APS)
    ports = {name: _Port(chance, up=name not in {"lan2", "lan3", "lan4"}) for name in names}
    guests = [_Guest(chance) for _ in range(10)]
    began_ms = mono_ms = chance.randrange(10**9)
    busy_ms, total_ms, available, sent = mono_ms // 9, mono_ms * 2, 60_000, 10**5
    load = 0.3
    memory_kib, flash_kib = chance.randrange(118_000, 123_000), chance.randrange(5000, 11_000)
    address = f"100.{chance.randrange(64, 128)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
    while mono_ms - began_ms < _DAY_S * 1000:
        step_ms = round(INTERVAL_S * 1000 * chance.uniform(0.9, 1.1))
        mono_ms += step_ms
        _carry(chance, ports, guests, (mono_ms - began_ms) // 3_600_000)
        total_ms += step_ms // 5 * 10
        busy_ms += int(step_ms * chance.uniform(0.05, 0.6)) // 10 * 10
        available = max(20_000, min(90_000, available + chance.randint(-900, 900)))
        load = max(0.0, load * 0.8 + chance.uniform(0, 0.2))
        sent += chance.randint(1, 3)
        yield Sample(
            mono_ms=mono_ms,
            uptime_s=mono_ms // 1000,
            cpu_busy_ms=busy_ms,
            cpu_total_ms=total_ms,
            load=(round(load * chance.uniform(0.7, 1.4), 2), round(load, 2), round(load * 0.9 + 0.03, 2)),
            memory_total_bytes=memory_kib * 1024,
            memory_available_bytes=available * 1024,
            disk_total_bytes=flash_kib * 1024,
            disk_used_bytes=(flash_kib // 4) * 1024,
            temperature_c=round(55 + 4 * load + chance.uniform(-0.5, 0.5), 1),
            wan_up=True,
            wan_device="wan",
            wan_address=address,
            latency_ms=round(chance.lognormvariate(3, 0.2), 1),
            segments_sent=sent,
            segments_resent=sent // 400,
            dhcp_leases=14 + int(mono_ms // 3_600_000) % 5,
            conntrack_used=chance.randint(180, 420),
            conntrack_most=15_872,
            interfaces={name: port.counters() for name, port in ports.items()},
            radios={
                name: Radio(channel, chance.choice((-95, -94, -93)), sum(guest.interface == name for guest in guests))
                for name, channel in zip(_APS, (6, 44), strict=True)
            },
            clients={guest.address: guest.row(chance) for guest in guests},
        )


def _carry(chance: random.Random, ports: dict[str, _Port], guests: list[_Guest], hour: int) -> None:
    up_total = down_total = 0
    for guest in guests:
        up, down = guest.act(chance, hour)
        ports[guest.interface].carry(chance, up, down)
        up_total, down_total = up_total + up, down_total + down
    wired_up, wired_down = chance.randrange(60_000), chance.randrange(400_000)
    ports["lan1"].carry(chance, wired_up, wired_down)
    up_total, down_total = up_total + wired_up, down_total + wired_down
    ports["br-lan"].carry(chance, up_total, down_total)
    ports["wan"].carry(chance, down_total + chance.randrange(9000), up_total + chance.randrange(9000))
    ports["eth0"].carry(chance, down_total + wired_up, up_total + wired_down)
    ports["lo"].carry(chance, chatter := chance.randrange(3000), chatter)
