"""What a router keeps lists of: DHCP leases and tracked connections. Pure; None where the kernel or dnsmasq keeps none."""

from spotfi_agent.clock import is_plausible


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
