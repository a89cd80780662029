"""What a plan gives, in words for guests: on a voucher, on a page. English, decimal units (1 GB = 10^9 bytes). Pure."""

from spotfi_cloud.kernel.money import Money
from spotfi_cloud.kernel.periods import PeriodKind

_BYTES = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
_BITS = ((10**9, "Gbit/s"), (10**6, "Mbit/s"), (10**3, "kbit/s"))
_SPANS = ((604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"))
_PER = {
    PeriodKind.ONCE: "",
    PeriodKind.DAY: " a day",
    PeriodKind.DAY_FROM_START: " a day",
    PeriodKind.WEEK: " a week",
    PeriodKind.WEEK_FROM_START: " a week",
    PeriodKind.MONTH: " a month",
    PeriodKind.MONTH_FROM_START: " a month",
}


def _scaled(value: int, units: tuple[tuple[int, str], ...], smallest: str) -> str:
    for size, unit in units:
        if value >= size:
            return f"{value / size:.3g} {unit}" if value < 1000 * size else f"{value // size} {unit}"
    return f"{value} {smallest}"


def quota_words(
    period: PeriodKind,
    *,
    total_bytes: int | None = None,
    down_bytes: int | None = None,
    up_bytes: int | None = None,
    time_s: int | None = None,
) -> list[str]:
    """`500 MB a month`, `100 MB up a month`, `2 hours online a month`: a phrase for each quota; or `Unlimited volume`."""
    volumes = ((total_bytes, ""), (down_bytes, " down"), (up_bytes, " up"))
    words = [f"{_volume(quota)}{way}{_PER[period]}" for quota, way in volumes if quota is not None]
    if time_s is not None:
        words.append(f"{span_words(time_s)} online{_PER[period]}")
    return words or ["Unlimited volume"]


def session_words(quota_bytes: int) -> str:
    """`200 MB a session`."""
    return f"{_volume(quota_bytes)} a session"


def _volume(quota_bytes: int) -> str:
    return _scaled(quota_bytes, _BYTES, "bytes")


def span_words(seconds: int) -> str:
    """`1 day`, `90 minutes`: in the largest unit that divides it."""
    for size, unit in _SPANS:
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def rate_words(rate_down_bps: int) -> str:
    """`up to 10 Mbit/s`."""
    return f"up to {_scaled(rate_down_bps, _BITS, 'bit/s')}"


def device_words(count: int) -> str:
    """`2 devices at a time`."""
    return "1 device at a time" if count == 1 else f"{count} devices at a time"


def price_words(price_minor: int, currency: str) -> str:
    """`3.00 EUR`; empty where it costs nothing."""
    return str(Money(price_minor, currency)) if price_minor else ""
