"""A time zone in which it is about noon: what happens there now is hours from the end of any day or month."""

from datetime import UTC, datetime


def midday_zone() -> str:
    """Its IANA name; of these a sign means the opposite, `Etc/GMT-2` is two hours ahead of UTC."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
