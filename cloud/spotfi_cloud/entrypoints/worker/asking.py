"""Asking a NAS to end a session or to change its limits, and what came of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from spotfi_cloud.access.dynamic_authorization import (
    NamedSession,
    answer_in_words,
    change_in_words,
    change_request,
    deferral_in_words,
    disconnect_request,
    is_acknowledged,
    knows_no_session,
    takes_changes,
    takes_speeds,
)
from spotfi_cloud.entrypoints.worker.nas_socket import NasSocket, NoAnswerError
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.quotas.service import Action, DueEnforcement, EnforcementState, Limits, Reason
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.routers import service as routers
from spotfi_cloud.routers.nas import Nas
from spotfi_cloud.storage.database import Database


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far one attempt got, in words too; `knows_none`: the NAS says that it has no such session."""

    state: EnforcementState
    words: str
    knows_none: bool = False
    must_end: bool = False
    """The session should be slower now, and its NAS cannot do that, will not, or does not answer: it must end."""


class NasDesk:
    """Knows every NAS, and puts a request to the right one."""

    def __init__(
        self, database: Database, sealer: Sealer, nas_socket: NasSocket, clock: Clock, default_zone: str
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._socket = nas_socket
        self._clock = clock
        self._default_zone = default_zone
        self._nas: dict[UUID, Nas] | None = None
        self._reading = asyncio.Lock()

    def forget(self) -> None:
        """Something about routers has changed."""
        self._nas = None

    async def attempt(self, item: DueEnforcement) -> Outcome:
        """Ask once. Raises what the database raises."""
        nas = (await self._nas_list()).get(item.router_id)
        if nas is None:
            return Outcome(EnforcementState.UNREACHABLE, "the router was revoked or deleted")
        if item.action == Action.CHANGE:
            return await self._change(nas, item)
        return await self._ask(nas, item, partial(disconnect_request, nas.nas_kind), answer_in_words)

    async def _change(self, nas: Nas, item: DueEnforcement) -> Outcome:
        if item.reason == Reason.QUOTA and not (takes_speeds(nas.nas_kind) and _is_reachable(nas)):
            limits = await self._limits(item)
            words = "its speed cannot be changed while it is open: it ends, and the next login is slower"
            return Outcome(EnforcementState.DEFERRED, words, must_end=limits.throttled)
        later = deferral_in_words(nas.nas_kind)
        if not takes_changes(nas.nas_kind):
            words = f"a NAS of kind {nas.nas_kind} takes no new limits for an open session: {later}"
            return Outcome(EnforcementState.DEFERRED, words)
        if not _is_reachable(nas):
            words = f"the router is reached through its agent only, which cannot change a session's limits: {later}"
            return Outcome(EnforcementState.DEFERRED, words)
        limits = await self._limits(item)
        make = partial(change_request, nas.nas_kind, limits=limits, swapped=nas.swapped_counters)
        outcome = await self._ask(nas, item, make, partial(change_in_words, nas_kind=nas.nas_kind))
        refused = outcome.state is EnforcementState.REFUSED and not outcome.knows_none
        in_vain = refused or quotas.is_given_up(item, outcome.state)
        ends = in_vain and limits.throttled and item.reason == Reason.QUOTA
        return replace(outcome, must_end=True) if ends else outcome

    async def _ask(
        self, nas: Nas, item: DueEnforcement, make: Callable[..., bytes], in_words: Callable[[Packet], str]
    ) -> Outcome:
        host = nas.address or item.nas_address
        if not host:
            return Outcome(EnforcementState.UNREACHABLE, "the router's address is not known")
        named = NamedSession(item.username, item.acct_session_id, item.framed_ip)
        request = partial(make, secret=nas.secret, named=named)
        try:
            packet = await self._socket.ask((host, nas.coa_port), nas.secret, lambda number: request(identifier=number))
        except NoAnswerError as error:
            return Outcome(EnforcementState.SENT, str(error))
        state = EnforcementState.ACKNOWLEDGED if is_acknowledged(packet) else EnforcementState.REFUSED
        return Outcome(state, in_words(packet), knows_no_session(packet))

    async def _limits(self, item: DueEnforcement) -> Limits:
        async with self._database.unit_of_work() as session:
            return await quotas.limits_of(session, item, clock=self._clock, default_zone=self._default_zone)

    async def _nas_list(self) -> dict[UUID, Nas]:
        """Every NAS, read again, by one of those who ask, after something about routers has changed."""
        async with self._reading:
            nas_list = self._nas
            if nas_list is None:
                async with self._database.unit_of_work() as session:
                    nas_list = {nas.router_id: nas for nas in await routers.get_nas_list(session, self._sealer)}
                self._nas = nas_list
        return nas_list


def _is_reachable(nas: Nas) -> bool:
    """Whether it can be asked anything, and not its agent only."""
    return not (nas.has_agent and not nas.address)
