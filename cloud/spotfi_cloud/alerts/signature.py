"""The signature of a webhook: `SpotFi-Signature: t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "t.body">`. Pure.

The time is signed too, so that a receiver may refuse what was recorded and sent again.
"""

import hashlib
import hmac

HEADER = "SpotFi-Signature"


def sign(secret: str, body: bytes, sent_at_s: int) -> str:
    """The value of the header."""
    digest = hmac.new(secret.encode(), f"{sent_at_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={sent_at_s},v1={digest}"
