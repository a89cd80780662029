"""Accounting-Requests: one transaction for a batch, then the responses. A response is a receipt (RFC 2866 §4.2)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import psycopg
import structlog

from spotfi_cloud.access import service as access
from spotfi_cloud.access.replies import Reported, login_token, update_attributes
from spotfi_cloud.access.rules import Account
from spotfi_cloud.entrypoints.radius.account_cache import AccountCache
from spotfi_cloud.entrypoints.radius.intake import Intake, Request
from spotfi_cloud.entrypoints.radius.queue import RequestQueue
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import SpotFiError
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.radius import reply
from spotfi_cloud.radius.attributes import AcctStatusType, AcctTerminateCause, Attr
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.radius.traffic import read_traffic
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.sessions.rules import AccountingEvent, EventKind, event_time
from spotfi_cloud.storage.batches import transaction

_log = structlog.get_logger(__name__)
_KINDS = {
    AcctStatusType.START.value: EventKind.START,
    AcctStatusType.INTERIM_UPDATE.value: EventKind.INTERIM,
    AcctStatusType.STOP.value: EventKind.STOP,
}
_GOING_ON = frozenset({AcctStatusType.START, AcctStatusType.INTERIM_UPDATE})
_RESTARTS = frozenset({AcctStatusType.ACCOUNTING_ON.value, AcctStatusType.ACCOUNTING_OFF.value})
_MOST_TRIES = 5
_CAUSES = {cause.value: cause.name.lower().replace("_", "-") for cause in AcctTerminateCause}


class Accounting:
    """What happens to accounting requests once they are known to be genuine."""

    def __init__(self, intake: Intake, cache: AccountCache, passwords: Sealer, clock: Clock, default_zone: str) -> None:
        self._intake = intake
        self._cache = cache
        self._passwords = passwords
        self._clock = clock
        self._default_zone = default_zone
        self._memory = sessions.SessionMemory()

    def accept_into(self, queue: RequestQueue, request: Request) -> bool:
        """Queue what there is to record; answer at once what asks for nothing, drop what cannot be meant."""
        status = request.packet.integer(Attr.ACCT_STATUS_TYPE)
        if status is None:
            self._intake.give_up(request, "no_status_type")
        elif status in _KINDS and not request.packet.get(Attr.ACCT_SESSION_ID):
            self._intake.give_up(request, "no_session_id")
        elif status in _KINDS or status in _RESTARTS:
            return queue.put(request)
        else:
            self._answer(request)
        return True

    async def record(self, connection: psycopg.AsyncConnection, requests: Sequence[Request]) -> None:
        """Commit the batch: sessions, ledger and quotas together; then answer it."""
        await self._commit(connection, [_event(request) for request in requests])
        updated = await self._find_updated(connection, requests)
        for request in requests:
            self._cache.forget(request.login)
            account = updated.get(request.login) if updated and _takes_update(request) else None
            self._answer(request, () if account is None else _update(request, account, self._clock.now()))

    async def _commit(
        self, connection: psycopg.AsyncConnection, events: Sequence[AccountingEvent | sessions.NasRestart]
    ) -> None:
        """Tried again while other processes write the same sessions: each time more of them are read anew."""
        for tries_left in reversed(range(_MOST_TRIES)):
            try:
                async with transaction(connection) as batch:
                    recorded = await sessions.record_accounting(batch, events, self._memory)
                    await quotas.record_usage(batch, recorded, clock=self._clock, default_zone=self._default_zone)
            except sessions.OvertakenError:
                if not tries_left:
                    raise
            else:
                self._memory.keep(recorded.written)
                return

    async def _find_updated(
        self, connection: psycopg.AsyncConnection, requests: Sequence[Request]
    ) -> dict[str, Account]:
        """The accounts of the sessions whose NAS obeys what the response says; their usage is recorded, come what may."""
        names = {request.login for request in requests if _takes_update(request)}
        if not names:
            return {}
        try:
            return await access.find_accounts(
                connection, names, self._passwords, clock=self._clock, default_zone=self._default_zone
            )
        except (psycopg.Error, SpotFiError) as error:
            _log.warning("limits_not_updated", error=str(error).strip())
            return {}

    def _answer(self, request: Request, attributes: Sequence[bytes] = ()) -> None:
        make = partial(reply.accounting_response, request.packet, request.nas.secret, attributes)
        self._intake.answer(request, make, "accounted")


def _takes_update(request: Request) -> bool:
    return request.nas_kind.obeys_accounting_responses and request.packet.integer(Attr.ACCT_STATUS_TYPE) in _GOING_ON


def _update(request: Request, account: Account, now: datetime) -> list[bytes]:
    swapped = request.nas.swapped_counters
    traffic = read_traffic(request.packet, request.nas_kind, swapped=swapped)
    time_s = request.packet.integer(Attr.ACCT_SESSION_TIME) or 0
    reported = Reported(traffic.up_bytes or 0, traffic.down_bytes or 0, time_s)
    return update_attributes(account, request.nas_kind, reported, now, swapped=swapped)


def _event(request: Request) -> AccountingEvent | sessions.NasRestart:
    packet, nas = request.packet, request.nas
    status = packet.integer(Attr.ACCT_STATUS_TYPE) or 0
    happened_at = event_time(request.arrived_at, _event_timestamp(packet), packet.integer(Attr.ACCT_DELAY_TIME))
    if status in _RESTARTS:
        cause = "nas-reboot" if status == AcctStatusType.ACCOUNTING_ON else "nas-shutdown"
        return sessions.NasRestart(nas.router_id, happened_at, cause)
    traffic = read_traffic(packet, nas.nas_kind, swapped=nas.swapped_counters)
    up_bytes, down_bytes = traffic.up_bytes, traffic.down_bytes
    if up_bytes is not None or down_bytes is not None:
        up_bytes, down_bytes = up_bytes or 0, down_bytes or 0
    text = packet.text
    return AccountingEvent(  # field by field, in order: names cost a third more
        _KINDS[status],
        nas.router_id,
        nas.host_id,
        text(Attr.ACCT_SESSION_ID) or "",
        text(Attr.USER_NAME) or "",
        happened_at,
        request.arrived_at,
        up_bytes,
        down_bytes,
        Attr.ACCT_INPUT_GIGAWORDS in packet or Attr.ACCT_OUTPUT_GIGAWORDS in packet,
        packet.integer(Attr.ACCT_SESSION_TIME),
        login_token(packet.get_all(Attr.CLASS)) if Attr.CLASS in packet else "",
        text(Attr.CALLING_STATION_ID) or "",
        text(Attr.CALLED_STATION_ID) or "",
        packet.ipv4(Attr.FRAMED_IP_ADDRESS) or "",
        request.origin.address,
        _CAUSES.get(packet.integer(Attr.ACCT_TERMINATE_CAUSE) or 0, ""),
        request.login,
    )


def _event_timestamp(packet: Packet) -> datetime | None:
    seconds = packet.integer(Attr.EVENT_TIMESTAMP)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
