"""Anyone with the secret can tell that a webhook is SpotFi's, and when it was sent."""

import hashlib
import hmac
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.alerts.back_off import GIVES_UP_AFTER, retry_delay
from spotfi_cloud.alerts.signature import sign


def test_it_is_the_hmac_of_time_and_body() -> None:
    expected = hmac.new(b"whsec_x", b'1700000000.{"id":1}', hashlib.sha256).hexdigest()
    assert sign("whsec_x", b'{"id":1}', 1_700_000_000) == f"t=1700000000,v1={expected}"


@given(st.text(), st.binary(), st.integers(0, 2**40))
def test_another_body_time_or_secret_signs_differently(secret: str, body: bytes, at: int) -> None:
    signed = sign(secret, body, at)
    assert signed not in {sign(secret, body + b"0", at), sign(secret, body, at + 1), sign(secret + "0", body, at)}


def test_the_waits_grow_and_an_attempt_falls_after_the_last_day() -> None:
    delays = [retry_delay(attempts) for attempts in range(1, 40)]
    assert delays == sorted(delays)
    assert sum(delays, timedelta()) > GIVES_UP_AFTER > sum(delays[:20], timedelta())
