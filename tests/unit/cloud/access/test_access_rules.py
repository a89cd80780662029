"""Who may log in, and what a guest is told who may not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from spotfi_cloud.access.rules import Account, Grant, OpenSession, Refusal, Rejection, decide, must_end
from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.quotas.terms import Terms, Used

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TERMS = Terms(500_000_000, PeriodKind.MONTH, "Asia/Kathmandu", NOW - timedelta(days=90))
ACCOUNT = Account(
    subscriber_id=UUID(int=1),
    username="ada",
    password=b"secret",
    disabled=False,
    host_suspended=False,
    terms=TERMS,
    used=Used(100),
    session_timeout_s=3600,
    idle_timeout_s=None,
    rate_up_bps=None,
    rate_down_bps=None,
    max_sessions=2,
    interim_interval_s=30,
)


def outcome(account: Account | None, *, password_fits: bool = True, device: str = "aa") -> Grant | Rejection:
    return decide(account, password_fits=password_fits, calling_station_id=device, now=NOW)


def refused(account: Account | None, *, password_fits: bool = True, device: str = "aa") -> Rejection:
    rejection = outcome(account, password_fits=password_fits, device=device)
    assert isinstance(rejection, Rejection)
    return rejection


def test_a_grant_says_what_is_left_and_never_asks_for_reports_too_often() -> None:
    grant = outcome(ACCOUNT)
    assert grant == Grant(3600, None, 60, 499_999_900, None, None)


def test_without_a_quota_nothing_is_said_of_volume() -> None:
    grant = outcome(replace(ACCOUNT, terms=replace(TERMS, quota_bytes=None), used=Used(1 << 50)))
    assert isinstance(grant, Grant)
    assert grant.remaining_bytes is None


def test_nobody_learns_whether_a_name_exists() -> None:
    unknown, wrong = refused(None), refused(ACCOUNT, password_fits=False)
    assert unknown.message == wrong.message
    assert (unknown.reason, wrong.reason) == (Refusal.UNKNOWN, Refusal.WRONG_PASSWORD)


def test_a_wrong_password_does_not_learn_that_the_account_is_disabled() -> None:
    assert refused(replace(ACCOUNT, disabled=True), password_fits=False).reason is Refusal.WRONG_PASSWORD


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (
            PeriodKind.MONTH,
            "Your data volume for this month is used up. It starts afresh on 1 December 2026.",
        ),
        (PeriodKind.DAY, "Your data volume for today is used up. It starts afresh on 1 December 2026."),
        (PeriodKind.WEEK, "Your data volume for this week is used up. It starts afresh on 7 December 2026."),
        (PeriodKind.ONCE, "Your data volume for this account is used up."),
    ],
)
def test_a_used_up_quota_says_when_it_starts_afresh_on_the_guests_calendar(kind: PeriodKind, message: str) -> None:
    account = replace(ACCOUNT, terms=replace(TERMS, period_kind=kind), used=Used(0, 500_000_000))
    rejection = refused(account)
    assert (rejection.reason, rejection.message) == (Refusal.QUOTA_USED_UP, message)


def test_guest_and_staff_are_told_when_the_quota_was_passed_and_when_it_resets() -> None:
    at = datetime(2026, 11, 2, 18, 15, tzinfo=UTC)  # midnight in Kathmandu
    rejection = refused(replace(ACCOUNT, used=Used(0, 500_000_000), used_up_at=at))
    assert rejection.words_for_staff == "Quota used up on 3 Nov 2026, resets 1 Dec 2026."
    later = replace(ACCOUNT, used=Used(0, 500_000_000), used_up_at=at + timedelta(hours=9))
    words = "Your data volume for this month was used up on 3 November 2026. It starts afresh on 1 December 2026."
    assert refused(later).message == words
    once = replace(later, terms=replace(TERMS, period_kind=PeriodKind.ONCE))
    assert refused(once).words_for_staff == "Quota used up on 3 Nov 2026, never resets."


def test_staff_are_told_what_the_guest_is_not() -> None:
    assert refused(None).words_for_staff == "There is no subscriber of this user name."
    assert refused(ACCOUNT, password_fits=False).words_for_staff == "The password is wrong."
    assert refused(replace(ACCOUNT, disabled=True)).words_for_staff == "The subscriber is disabled."
    busy = replace(ACCOUNT, open_sessions=(OpenSession("bb", NOW), OpenSession("cc", NOW)))
    assert refused(busy).words_for_staff == "2 of at most 2 sessions are open on other devices."


def test_disabled_and_suspended_are_told_apart() -> None:
    assert refused(replace(ACCOUNT, disabled=True)).reason is Refusal.DISABLED
    assert refused(replace(ACCOUNT, host_suspended=True)).reason is Refusal.HOST_SUSPENDED


def test_only_live_sessions_of_other_devices_take_up_room() -> None:
    live, silent = OpenSession("bb", NOW), OpenSession("cc", NOW - timedelta(hours=1))
    both = replace(ACCOUNT, open_sessions=(live, OpenSession("cc", NOW)))
    assert refused(both, device="dd").reason is Refusal.TOO_MANY_SESSIONS
    assert isinstance(outcome(both, device="bb"), Grant)
    assert isinstance(outcome(replace(ACCOUNT, open_sessions=(live, silent)), device="dd"), Grant)


def test_a_device_is_the_same_however_its_nas_writes_its_address() -> None:
    alone = replace(ACCOUNT, max_sessions=1, open_sessions=(OpenSession("AA-BB-CC-DD-EE-FF", NOW),))
    assert isinstance(outcome(alone, device="aa:bb:cc:dd:ee:ff"), Grant)
    assert refused(alone, device="aa:bb:cc:dd:ee:00").reason is Refusal.TOO_MANY_SESSIONS
    assert refused(alone, device="").reason is Refusal.TOO_MANY_SESSIONS


def test_a_hash_is_not_enough_for_a_challenge_and_the_guest_is_told_what_is() -> None:
    hashed = replace(ACCOUNT, password_hash="$argon2id$")
    decision = decide(hashed, password_fits=False, calling_station_id="aa", now=NOW, proved_by_challenge=True)
    assert isinstance(decision, Rejection)
    assert decision.reason is Refusal.NEEDS_PAP
    assert "PAP" in decision.message
    assert isinstance(outcome(hashed), Grant)


def test_a_session_goes_on_while_its_account_may_log_in() -> None:
    assert not must_end(ACCOUNT)
    assert not must_end(replace(ACCOUNT, max_sessions=0)), "who is in may stay, however many there are"
    assert must_end(replace(ACCOUNT, disabled=True))
    assert must_end(replace(ACCOUNT, host_suspended=True))
    assert must_end(replace(ACCOUNT, used=Used(0, 500_000_000)))
