"""A decision as attributes on the wire, and the token that ties accounting to its login. Pure: no I/O."""

import hmac
import re
from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from spotfi_cloud.access.rules import Account, Grant, interim_interval_s, must_end
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.quotas.rules import remaining_bytes
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.limits import bandwidth_attributes, end_session_attribute, quota_attributes
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.values import integer, octets

_TOKEN = re.compile(rb"sf[0-9a-f]{32}")


def new_login_token() -> str:
    """A token for Class: printable (uspot mangles anything else), and a later login's sorts after an earlier one's."""
    return f"sf{new_id().hex}"


def login_token(classes: Iterable[bytes]) -> str:
    """Our token among the Class attributes a NAS echoes; empty where none is ours."""
    return next((value.decode() for value in classes if _TOKEN.fullmatch(value)), "")


def chargeable_identity(key: bytes, subscriber_id: UUID) -> bytes:
    """Chargeable-User-Identity (RFC 4372): tells the NAS that two sessions are one subscriber's, and not whose."""
    return octets(Attr.CHARGEABLE_USER_IDENTITY, hmac.digest(key, subscriber_id.bytes, "sha256").hex()[:32].encode())


def grant_attributes(grant: Grant, nas_kind: NasKind, token: str) -> list[bytes]:
    """The attributes of an Access-Accept, shaped for the kind of NAS."""
    attributes = [
        octets(Attr.CLASS, token.encode()),
        _times(grant.interim_interval_s, grant.session_timeout_s, grant.idle_timeout_s),
        _speed(nas_kind, grant.rate_up_bps, grant.rate_down_bps),
    ]
    if grant.remaining_bytes is not None:
        attributes.append(quota_attributes(nas_kind, grant.remaining_bytes))
    return attributes


def update_attributes(account: Account, nas_kind: NasKind, session_bytes: int) -> list[bytes]:
    """The attributes of an Accounting-Response to a NAS that obeys them: what holds from now on, or the session's end.

    `session_bytes`: what the NAS counted so far, which its volume limit includes. What is not repeated may count as unlimited.
    """
    if must_end(account):
        return [end_session_attribute()]
    attributes = [
        _times(interim_interval_s(account), account.session_timeout_s, account.idle_timeout_s),
        _speed(nas_kind, account.rate_up_bps, account.rate_down_bps),
    ]
    left = remaining_bytes(account.terms, account.used_bytes)
    if left is not None:
        attributes.append(quota_attributes(nas_kind, session_bytes + left))
    return attributes


@lru_cache(maxsize=1024)  # about one entry per plan, as for `_speed`
def _times(interim_interval_s: int, session_timeout_s: int | None, idle_timeout_s: int | None) -> bytes:
    attributes = [integer(Attr.ACCT_INTERIM_INTERVAL, interim_interval_s)]
    if session_timeout_s is not None:
        attributes.append(integer(Attr.SESSION_TIMEOUT, session_timeout_s))
    if idle_timeout_s is not None:
        attributes.append(integer(Attr.IDLE_TIMEOUT, idle_timeout_s))
    return b"".join(attributes)


_speed = lru_cache(maxsize=1024)(bandwidth_attributes)
