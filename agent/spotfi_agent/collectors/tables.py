"""What a router keeps lists of: DHCP leases and tracked connections. Pure; None where the kernel or dnsmasq keeps none."""

from spotfi_agent.clock import is_plausible

_USUAL_LEASE_FILE = "/tmp/dhcp.leases"  # noqa: S108 - dnsmasq's own place on OpenWrt, read only


def lease_file(dhcp_config: str) -> str:
    """Where dnsmasq keeps its leases: the first `option leasefile` of /etc/config/dhcp (UCI), else the usual place."""
    for line in dhcp_config.splitlines():
        words = line.split(None, 2)
        if words[:2] == ["option", "leasefile"] and len(words) == 3:
            return words[2].strip().strip("'\"") or _USUAL_LEASE_FILE
    return _USUAL_LEASE_FILE


def count_leases(leases: str | None, wall_ms: int) -> int | None:
    """Leases that run, from dnsmasq's lease file (expiry, MAC, address, name, client id; expiry 0: for ever)."""
    if leases is None:
        return None
    ends = [words[0] for words in map(str.split, leases.splitlines()) if len(words) >= 3]
    ends_s = [int(word) for word in ends if word.isdecimal()]
    if not is_plausible(wall_ms):
        return len(ends_s)
    return sum(end_s == 0 or end_s * 1000 > wall_ms for end_s in ends_s)


def parse_count(text: str) -> int | None:
    """A file that holds one number, such as nf_conntrack_count."""
    word = text.strip()
    return int(word) if word.isdecimal() else None
