"""What a plan gives, as guests read it."""

import pytest

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.subscribers.plan_words import (
    device_words,
    price_words,
    quota_words,
    rate_words,
    session_words,
    span_words,
)


def said(period: PeriodKind, **quotas: int) -> str:
    return ", ".join(quota_words(period, **quotas))


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (said(PeriodKind.MONTH, total_bytes=500_000_000), "500 MB a month"),
        (said(PeriodKind.ONCE, total_bytes=1_500_000_000), "1.5 GB"),
        (said(PeriodKind.DAY_FROM_START, total_bytes=5_000_000_000_000_000), "5000 TB a day"),
        (said(PeriodKind.WEEK, total_bytes=999), "999 bytes a week"),
        (said(PeriodKind.DAY), "Unlimited volume"),
        (said(PeriodKind.DAY, time_s=7200), "2 hours online a day"),
        (
            said(PeriodKind.ONCE, down_bytes=10**9, up_bytes=10**8, time_s=1800),
            "1 GB down, 100 MB up, 30 minutes online",
        ),
        (session_words(200_000_000), "200 MB a session"),
        (span_words(86_400), "1 day"),
        (span_words(90 * 60), "90 minutes"),
        (span_words(61), "61 seconds"),
        (span_words(2_592_000), "30 days"),
        (rate_words(10_000_000), "up to 10 Mbit/s"),
        (device_words(1), "1 device at a time"),
        (price_words(350, "EUR"), "3.50 EUR"),
        (price_words(0, "EUR"), ""),
    ],
)
def test_words(words: str, meant: str) -> None:
    assert words == meant
