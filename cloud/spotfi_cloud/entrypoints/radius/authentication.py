"""Access-Requests: one statement for the accounts of a batch, then a decision for each."""

import time
from collections.abc import Sequence
from functools import partial

import psycopg

from spotfi_cloud.access import service
from spotfi_cloud.access.replies import grant_attributes, new_login_token
from spotfi_cloud.access.rules import Account, Rejection, decide
from spotfi_cloud.entrypoints.radius.account_cache import AccountCache
from spotfi_cloud.entrypoints.radius.intake import Intake, Request
from spotfi_cloud.entrypoints.radius.queue import RequestQueue
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.radius import reply
from spotfi_cloud.radius.attributes import Attr


class Authentication:
    """What happens to access requests once they are known to be genuine."""

    def __init__(self, intake: Intake, cache: AccountCache, sealer: Sealer, clock: Clock, default_zone: str) -> None:
        self._intake = intake
        self._cache = cache
        self._sealer = sealer
        self._clock = clock
        self._default_zone = default_zone

    def accept_into(self, queue: RequestQueue, request: Request) -> bool:
        """Answer from the cache, else queue; drop what names nobody."""
        username = request.packet.text(Attr.USER_NAME)
        if not username:
            self._intake.give_up(request, "no_user_name")
            return True
        known, account = self._cache.find(username, time.monotonic())
        if not known:
            return queue.put(request)
        self._answer(request, account)
        return True

    async def decide(self, connection: psycopg.AsyncConnection, requests: Sequence[Request]) -> None:
        """Look the batch's accounts up and answer it."""
        read_at_s = time.monotonic()
        names = [request.packet.text(Attr.USER_NAME) or "" for request in requests]
        accounts = await service.find_accounts(
            connection, set(names), self._sealer, clock=self._clock, default_zone=self._default_zone
        )
        for name, request in zip(names, requests, strict=True):
            account = accounts.get(name)
            self._cache.keep(name, account, read_at_s)
            self._answer(request, account)

    def _answer(self, request: Request, account: Account | None) -> None:
        packet, secret = request.packet, request.nas.secret
        decision = decide(
            account,
            password_fits=account is not None and service.password_fits(packet, secret, account),
            calling_station_id=packet.text(Attr.CALLING_STATION_ID) or "",
            now=self._clock.now(),
        )
        if isinstance(decision, Rejection):
            self._intake.answer(request, partial(reply.reject, packet, secret, decision.message), decision.reason.value)
        else:
            attributes = grant_attributes(decision, request.nas_kind, new_login_token())
            self._intake.answer(request, partial(reply.accept, packet, secret, attributes), "accepted")
