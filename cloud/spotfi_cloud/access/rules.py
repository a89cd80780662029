"""Who may log in, and what the answer says. Pure.

What a wrong password is told differs in nothing from what an unknown name is told: whether a name exists is nobody's business.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from spotfi_cloud.access import wording
from spotfi_cloud.quotas.rules import session_timeout_s
from spotfi_cloud.quotas.terms import Left, Terms, Used, binding_left, is_throttled, used_up
from spotfi_cloud.quotas.terms import must_end as quota_ends
from spotfi_cloud.radius.mac_address import normal_mac

_SILENT_AFTER_INTERIMS = 3
_SILENT_AFTER_S = 900
_MINIMUM_INTERIM_S = 60


class Refusal(StrEnum):
    """Why a login is refused."""

    UNKNOWN = "unknown_user"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a reason, not a password
    NEEDS_PAP = "needs_pap"
    DISABLED = "disabled"
    HOST_SUSPENDED = "host_suspended"
    NOT_YET_VALID = "not_yet_valid"
    VALIDITY_ENDED = "validity_ended"
    QUOTA_USED_UP = "quota_used_up"
    TOO_MANY_SESSIONS = "too_many_sessions"


@dataclass(slots=True)
class OpenSession:
    """A session of the subscriber that has not ended. Not changed once made."""

    calling_station_id: str
    heard_at: datetime


@dataclass(slots=True)
class Account:
    """A subscriber with plan, home host, balance and open sessions, as a login needs them. Not changed once made."""

    subscriber_id: UUID
    username: str
    password: bytes = field(repr=False)
    """Opened; empty where only a hash is kept."""
    disabled: bool
    host_suspended: bool
    terms: Terms
    used: Used
    """In the current period."""
    session_timeout_s: int | None
    idle_timeout_s: int | None
    rate_up_bps: int | None
    rate_down_bps: int | None
    """The throttled one, where the quota is used up and the plan throttles then."""
    max_sessions: int | None
    interim_interval_s: int
    open_sessions: tuple[OpenSession, ...] = ()
    password_hash: str = field(default="", repr=False)
    """Argon2id, in its usual text form; empty where the password is kept sealed."""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    valid_for_s: int | None = None
    """How long it will be valid from now on, where this is its first login."""
    used_up_at: datetime | None = None
    """When the quota was passed, to the quarter of an hour; None where it was not, or that is not known."""


@dataclass(slots=True)
class Grant:
    """What an Access-Accept carries; None = not said. Not changed once made."""

    session_timeout_s: int | None
    idle_timeout_s: int | None
    interim_interval_s: int
    remaining_bytes: int | None
    rate_up_bps: int | None
    rate_down_bps: int | None
    remaining_up_bytes: int | None = None
    remaining_down_bytes: int | None = None
    throttled: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why not: the reason for counters, the message for the guest."""

    reason: Refusal
    message: str
    staff_message: str = ""
    """For those who may know more than the guest is told; empty where there is no more."""

    @property
    def words_for_staff(self) -> str:
        return self.staff_message or self.message


def decide(
    account: Account | None,
    *,
    password_fits: bool,
    calling_station_id: str,
    now: datetime,
    proved_by_challenge: bool = False,
) -> Grant | Rejection:
    """Whether this login goes through. `calling_station_id`: the device, which may come back while its session is open.

    `proved_by_challenge`: the request came with CHAP or MS-CHAP, for which a hash of the password is not enough.
    """
    if account is None:
        return Rejection(Refusal.UNKNOWN, wording.WRONG, wording.UNKNOWN_FOR_STAFF)
    if account.password_hash and proved_by_challenge:
        return Rejection(Refusal.NEEDS_PAP, wording.NEEDS_PAP)
    if not password_fits:
        return Rejection(Refusal.WRONG_PASSWORD, wording.WRONG, wording.WRONG_FOR_STAFF)
    return _hindrance(account, calling_station_id, now) or _grant(account, now)


def interim_interval_s(account: Account) -> int:
    """Seconds between accounting updates; never below a minute (RFC 2869 §5.16)."""
    return max(_MINIMUM_INTERIM_S, account.interim_interval_s)


def must_end(account: Account) -> bool:
    """Whether the account's sessions have no right to go on."""
    return account.disabled or account.host_suspended or quota_ends(account.terms, account.used)


def _hindrance(account: Account, calling_station_id: str, now: datetime) -> Rejection | None:
    """What keeps somebody out who has proved to be the account's owner."""
    if account.disabled:
        return Rejection(Refusal.DISABLED, wording.DISABLED, wording.DISABLED_FOR_STAFF)
    if account.host_suspended:
        return Rejection(Refusal.HOST_SUSPENDED, wording.HOST_SUSPENDED, wording.HOST_SUSPENDED_FOR_STAFF)
    return _invalid(account, now) or _used_up(account, now) or _in_use(account, calling_station_id, now)


def _invalid(account: Account, now: datetime) -> Rejection | None:
    zone = account.terms.zone
    if account.valid_from is not None and now < account.valid_from:
        return Rejection(Refusal.NOT_YET_VALID, wording.not_yet_valid(zone, account.valid_from))
    if account.valid_until is not None and now >= account.valid_until:
        return Rejection(Refusal.VALIDITY_ENDED, wording.validity_ended(zone, account.valid_until))
    return None


def _used_up(account: Account, now: datetime) -> Rejection | None:
    terms, at = account.terms, account.used_up_at
    measure = used_up(terms, account.used)
    if measure is None or not quota_ends(terms, account.used):
        return None
    guest = wording.used_up(terms, at, now, measure)
    staff = wording.used_up_for_staff(terms, at, now, measure)
    return Rejection(Refusal.QUOTA_USED_UP, guest, staff)


def _in_use(account: Account, calling_station_id: str, now: datetime) -> Rejection | None:
    most = account.max_sessions
    if most is None or (live := _live(account, calling_station_id, now)) < most:
        return None
    guest, staff = wording.too_many_sessions(most), wording.too_many_for_staff(live, most)
    return Rejection(Refusal.TOO_MANY_SESSIONS, guest, staff)


def _live(account: Account, calling_station_id: str, now: datetime) -> int:
    """Open sessions of other devices that were heard of lately: one that fell silent must not lock its guest out."""
    silent_after = timedelta(seconds=max(_SILENT_AFTER_S, _SILENT_AFTER_INTERIMS * account.interim_interval_s))
    return sum(
        now - session.heard_at <= silent_after and not _same_device(session.calling_station_id, calling_station_id)
        for session in account.open_sessions
    )


def _same_device(one: str, other: str) -> bool:
    """However their NASes write the address."""
    return bool(one) and (one == other or (normal_mac(one) or one) == normal_mac(other))


def session_bound_s(account: Account, now: datetime, session_s: int = 0) -> int | None:
    """Seconds from a session's beginning, `session_s` ago, to its end: the plan's, but never beyond what the account is valid
    for, nor what time is left."""
    left_s = binding_left(account.terms, account.used).time_s
    timeout_s = account.session_timeout_s
    if account.valid_until is None and account.valid_for_s is not None:
        timeout_s = account.valid_for_s if timeout_s is None else min(timeout_s, account.valid_for_s)
    return session_timeout_s(timeout_s, account.valid_until, left_s, session_s=session_s, now=now)


def session_left(account: Account, session_bytes: int = 0) -> Left:
    """What a session that has used so much may still use: of the quota, and of what one session may."""
    left = binding_left(account.terms, account.used)
    most = account.terms.session_bytes
    if most is None:
        return left
    own = max(0, most - session_bytes)
    return left._replace(total_bytes=own if left.total_bytes is None else min(own, left.total_bytes))


def _grant(account: Account, now: datetime) -> Grant:
    left = session_left(account)
    return Grant(
        session_timeout_s=session_bound_s(account, now),
        idle_timeout_s=account.idle_timeout_s,
        interim_interval_s=interim_interval_s(account),
        remaining_bytes=left.total_bytes,
        rate_up_bps=account.rate_up_bps,
        rate_down_bps=account.rate_down_bps,
        remaining_up_bytes=left.up_bytes,
        remaining_down_bytes=left.down_bytes,
        throttled=is_throttled(account.terms, account.used),
    )
