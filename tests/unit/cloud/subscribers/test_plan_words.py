"""What a plan gives, as guests read it."""

import pytest

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.subscribers.plan_words import device_words, price_words, rate_words, span_words, volume_words


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (volume_words(500_000_000, PeriodKind.MONTH), "500 MB a month"),
        (volume_words(1_500_000_000, PeriodKind.ONCE), "1.5 GB"),
        (volume_words(5_000_000_000_000_000, PeriodKind.DAY_FROM_START), "5000 TB a day"),
        (volume_words(999, PeriodKind.WEEK), "999 bytes a week"),
        (volume_words(None, PeriodKind.DAY), "Unlimited volume"),
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
def test_words(said: str, meant: str) -> None:
    assert said == meant
