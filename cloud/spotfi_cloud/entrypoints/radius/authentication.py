"""Access-Requests: one statement for the accounts of a batch, then a decision for each."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Self

import psycopg

from spotfi_cloud.access import service
from spotfi_cloud.access.credentials import (
    FITS,
    WRONG,
    Proof,
    disprove,
    needs_clear_password,
    prove,
    proves_device,
    sent_password,
)
from spotfi_cloud.access.replies import chargeable_identity, grant_attributes, new_login_token
from spotfi_cloud.access.rules import Account, Rejection, decide
from spotfi_cloud.access.wording import THROTTLED, THROTTLED_FOR_STAFF
from spotfi_cloud.entrypoints.radius.account_cache import AccountCache
from spotfi_cloud.entrypoints.radius.intake import Intake, Request
from spotfi_cloud.entrypoints.radius.queue import RequestQueue
from spotfi_cloud.entrypoints.radius.reporting import AttemptLog
from spotfi_cloud.entrypoints.radius.slow_passwords import SlowPasswords
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.sealing import Sealer, derive_key
from spotfi_cloud.radius import reply
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.values import text
from spotfi_cloud.subscribers.service import PASSWORD_PURPOSE


@dataclass(frozen=True, slots=True)
class LoginKeys:
    """What of the installation's secret key logins need."""

    passwords: Sealer
    """Opens subscribers' passwords."""
    chargeable_identity: bytes = field(repr=False)

    @classmethod
    def derive(cls, secret_key: str) -> Self:
        return cls(Sealer(secret_key, PASSWORD_PURPOSE), derive_key(secret_key, "chargeable-user-identity"))


class Authentication:
    """What happens to access requests once they are known to be genuine."""

    def __init__(self, intake: Intake, cache: AccountCache, keys: LoginKeys, clock: Clock, default_zone: str) -> None:
        self._intake = intake
        self._cache = cache
        self._keys = keys
        self._slow_passwords = SlowPasswords()
        self.attempts = AttemptLog()
        self._clock = clock
        self._default_zone = default_zone

    def accept_into(self, queue: RequestQueue, request: Request) -> bool:
        """Answer from the cache, else queue; drop what names nobody."""
        if not request.login:
            self._intake.give_up(request, "no_user_name")
            return True
        known, account = self._cache.find(request.login, request.since_s)
        if not known:
            return queue.put(request)
        self._answer(request, account)
        return True

    def close(self) -> None:
        self._slow_passwords.close()

    async def decide(self, connection: psycopg.AsyncConnection, requests: Sequence[Request]) -> None:
        """Look the batch's accounts up and answer it."""
        read_at_s = time.monotonic()
        names = {request.login for request in requests}
        accounts = await service.find_accounts(
            connection, names, self._keys.passwords, clock=self._clock, default_zone=self._default_zone
        )
        for request in requests:
            account = accounts.get(request.login)
            self._cache.keep(request.login, account, read_at_s)
            self._answer(request, account)

    def _answer(self, request: Request, account: Account | None) -> None:
        packet, secret = request.packet, request.nas.secret
        if account is None:
            self._conclude(request, account, disprove(packet))
        elif account.password_hash and not needs_clear_password(packet):
            self._answer_slowly(request, account)
        else:
            self._conclude(request, account, prove(packet, secret, account))

    def _answer_slowly(self, request: Request, account: Account) -> None:
        """Only a hash of the password is kept."""
        packet, secret = request.packet, request.nas.secret
        sent = sent_password(packet, secret)

        def conclude(fits: bool) -> None:
            self._conclude(request, account, FITS if fits else WRONG)

        if proves_device(packet, secret):
            conclude(True)
        elif sent is None:
            conclude(False)
        elif not self._slow_passwords.check(sent, account.password_hash, conclude):
            self._intake.give_up(request, "overload")

    def _conclude(self, request: Request, account: Account | None, proof: Proof) -> None:
        packet, secret = request.packet, request.nas.secret
        decision = decide(
            account,
            password_fits=proof.fits,
            calling_station_id=packet.text(Attr.CALLING_STATION_ID) or "",
            now=self._clock.now(),
            proved_by_challenge=needs_clear_password(packet),
        )
        if isinstance(decision, Rejection):
            make = partial(reply.reject, packet, secret, decision.message, (proof.on_reject,))
            self._intake.answer(request, make, decision.reason.value)
            self.attempts.note(request, account, decision.reason.value, decision.words_for_staff)
        elif account is not None:
            swapped, token = request.nas.swapped_counters, new_login_token()
            attributes = [*grant_attributes(decision, request.nas_kind, token, swapped=swapped), proof.on_accept]
            if decision.throttled:
                attributes.append(text(Attr.REPLY_MESSAGE, THROTTLED))
            if Attr.CHARGEABLE_USER_IDENTITY in packet:
                attributes.append(chargeable_identity(self._keys.chargeable_identity, account.subscriber_id))
            self._intake.answer(request, partial(reply.accept, packet, secret, attributes), "accepted")
            self.attempts.note(request, account, "accepted", THROTTLED_FOR_STAFF if decision.throttled else "")
