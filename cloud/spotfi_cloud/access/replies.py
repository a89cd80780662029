"""A decision as attributes on the wire, and the token that ties accounting to its login. Pure: no I/O."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from spotfi_cloud.access.rules import Account, Grant, interim_interval_s, must_end, session_bound_s, session_left
from spotfi_cloud.kernel.ids import new_hex
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.limits import (
    bandwidth_attributes,
    directed_quota_attributes,
    end_session_attribute,
    quota_attributes,
)
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.values import integer, octets

_TOKEN = re.compile(rb"sf[0-9a-f]{32}")


def new_login_token() -> str:
    """A token for Class: printable (uspot mangles anything else), and a later login's sorts after an earlier one's."""
    return f"sf{new_hex()}"


def login_token(classes: Iterable[bytes]) -> str:
    """Our token among the Class attributes a NAS echoes; empty where none is ours."""
    return next((value.decode() for value in classes if _TOKEN.fullmatch(value)), "")


def chargeable_identity(key: bytes, subscriber_id: UUID) -> bytes:
    """Chargeable-User-Identity (RFC 4372): tells the NAS that two sessions are one subscriber's, and not whose."""
    return octets(Attr.CHARGEABLE_USER_IDENTITY, hmac.digest(key, subscriber_id.bytes, "sha256").hex()[:32].encode())


def grant_attributes(grant: Grant, nas_kind: NasKind, token: str, *, swapped: bool | None = None) -> list[bytes]:
    """The attributes of an Access-Accept, shaped for the kind of NAS. `swapped`: as for `radius.traffic.read_traffic`."""
    attributes = [
        octets(Attr.CLASS, token.encode()),
        _times(grant.interim_interval_s, grant.session_timeout_s, grant.idle_timeout_s),
        _speed(nas_kind, grant.rate_up_bps, grant.rate_down_bps),
    ]
    if grant.remaining_bytes is not None:
        attributes.append(quota_attributes(nas_kind, grant.remaining_bytes))
    if grant.remaining_up_bytes is not None or grant.remaining_down_bytes is not None:
        up, down = grant.remaining_up_bytes, grant.remaining_down_bytes
        attributes.append(directed_quota_attributes(nas_kind, up, down, swapped=swapped))
    return attributes


@dataclass(frozen=True, slots=True)
class Reported:
    """What a NAS has counted in a session so far, which its limits include."""

    up_bytes: int = 0
    down_bytes: int = 0
    time_s: int = 0


def update_attributes(
    account: Account, nas_kind: NasKind, reported: Reported, now: datetime, *, swapped: bool | None = None
) -> list[bytes]:
    """The attributes of an Accounting-Response to a NAS that obeys them: what holds from now on, or the session's end.

    What is not repeated may count as unlimited.
    """
    session_bytes = reported.up_bytes + reported.down_bytes
    left = session_left(account, session_bytes)
    if must_end(account) or left.total_bytes == 0:
        return [end_session_attribute()]
    attributes = [
        _times(interim_interval_s(account), session_bound_s(account, now, reported.time_s), account.idle_timeout_s),
        _speed(nas_kind, account.rate_up_bps, account.rate_down_bps),
    ]
    if left.total_bytes is not None:
        attributes.append(quota_attributes(nas_kind, session_bytes + left.total_bytes))
    if left.up_bytes is not None or left.down_bytes is not None:
        up = None if left.up_bytes is None else reported.up_bytes + left.up_bytes
        down = None if left.down_bytes is None else reported.down_bytes + left.down_bytes
        attributes.append(directed_quota_attributes(nas_kind, up, down, swapped=swapped))
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
