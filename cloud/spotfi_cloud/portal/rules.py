"""What the page knows of a guest's account, and what it shows because of it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from spotfi_cloud.access.rules import Account, Refusal, Rejection, decide
from spotfi_cloud.portal.uam import Lock, Result
from spotfi_cloud.quotas.rules import period_at
from spotfi_cloud.quotas.terms import NO_LIMIT, Left, is_throttled, left_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of an account; `refusal`: what would keep it out at its next login."""

    account: Account
    refusal: Refusal | None
    left: Left
    throttled: bool
    """The quota is used up, and the account goes on more slowly."""
    resets_at: datetime | None

    @property
    def has_quota(self) -> bool:
        """Whether anything is limited."""
        return self.left != NO_LIMIT


def standing_of(account: Account, device: str, now: datetime) -> Standing:
    """How the account stands, whose password is proven. `device`: the one in hand, which its own session does not keep out."""
    decision = decide(account, password_fits=True, calling_station_id=device, now=now)
    left = left_of(account.terms, account.used)
    return Standing(
        account,
        decision.reason if isinstance(decision, Rejection) else None,
        left,
        is_throttled(account.terms, account.used),
        None if left == NO_LIMIT else period_at(account.terms, now).end,
    )


class Shown(StrEnum):
    """Which page a guest gets."""

    FORM = "form"
    STATUS = "status"


def what_to_show(result: Result | None, standing: Standing | None, *, brings_code: bool) -> Shown:
    """`result`: what the router says; None where the guest did not come by one. `standing`: of the guest who is known.

    `brings_code`: the address brings the code of a voucher, to be used.
    """
    if result is not None:
        return Shown.STATUS if result.is_online else Shown.FORM
    return Shown.FORM if standing is None or brings_code else Shown.STATUS


def is_open(result: Result) -> bool:
    """Whether the router waits for a login. Where it says the guest is online, they have to be logged out first."""
    return not result.is_online


def proof_for(account: Account, password: bytes, lock: Lock, *, needs_pap: bool) -> dict[str, str] | None:
    """What proves the password to the router: by challenge where RADIUS can check that, else hidden; None: it is too long.

    `needs_pap`: RADIUS takes no challenge from this router (its requests are not signed, and come from any address).
    """
    if not (account.password_hash or needs_pap):
        return lock.chap(password)
    return lock.pap(password) if lock.takes_hidden(password) else None
