"""The captive portal of a demonstration router: a RADIUS client like any NAS's, with retransmission (RFC 5080 §2.2.1)."""

import asyncio
import os
from dataclasses import dataclass

from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import AcctStatusType, AcctTerminateCause, Attr
from spotfi_cloud.radius.authenticity import sign_access_request, sign_request, verify_reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.errors import PacketError
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.passwords import encrypt_pap
from spotfi_cloud.routers.nas import Nas

_TRIES = 4
_TRY_FOR_S = 3.0
_IDENTIFIER = 1
"""Each request has a socket of its own, so the identifier need not tell them apart."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One session: whose, on which device, under which id."""

    username: str
    mac: str
    acct_session_id: str


@dataclass(frozen=True, slots=True)
class Usage:
    """A session's cumulative counters, as its NAS reports them."""

    up_bytes: int = 0
    down_bytes: int = 0
    session_time_s: int = 0


class Portal:
    """Speaks RADIUS to the installation on this machine for one NAS."""

    def __init__(self, nas: Nas, auth_port: int, acct_port: int) -> None:
        self._nas = nas
        self._auth_port, self._acct_port = auth_port, acct_port

    async def log_in(self, username: str, password: str, mac: str) -> bool:
        """Whether the guest was let in; False also where nobody answered."""
        authenticator = os.urandom(16)
        attributes = [
            values.text(Attr.USER_NAME, username),
            values.octets(Attr.USER_PASSWORD, encrypt_pap(password.encode(), authenticator, self._nas.secret)),
            *self._about(mac),
        ]
        request = sign_access_request(_IDENTIFIER, authenticator, self._nas.secret, attributes)
        reply = await self._ask(self._auth_port, request)
        return reply is not None and reply.code == Code.ACCESS_ACCEPT

    async def account(
        self, status: AcctStatusType, stay: Stay, usage: Usage, cause: AcctTerminateCause | None = None
    ) -> None:
        """Report a session's state; a report nobody confirms is made up for by the next one."""
        attributes = [
            values.integer(Attr.ACCT_STATUS_TYPE, status),
            values.text(Attr.USER_NAME, stay.username),
            values.text(Attr.ACCT_SESSION_ID, stay.acct_session_id),
            *self._about(stay.mac),
            values.integer(Attr.ACCT_SESSION_TIME, usage.session_time_s),
            values.integer(Attr.ACCT_INPUT_OCTETS, usage.up_bytes & 0xFFFFFFFF),
            values.integer(Attr.ACCT_INPUT_GIGAWORDS, usage.up_bytes >> 32),
            values.integer(Attr.ACCT_OUTPUT_OCTETS, usage.down_bytes & 0xFFFFFFFF),
            values.integer(Attr.ACCT_OUTPUT_GIGAWORDS, usage.down_bytes >> 32),
        ]
        if cause is not None:
            attributes.append(values.integer(Attr.ACCT_TERMINATE_CAUSE, cause))
        await self._ask(
            self._acct_port, sign_request(Code.ACCOUNTING_REQUEST, _IDENTIFIER, self._nas.secret, attributes)
        )

    def _about(self, mac: str) -> list[bytes]:
        return [
            values.text(Attr.NAS_IDENTIFIER, self._nas.nas_identifier),
            values.text(Attr.CALLING_STATION_ID, mac),
            values.text(Attr.CALLED_STATION_ID, self._nas.name),
        ]

    async def _ask(self, port: int, request: bytes) -> Packet | None:
        """The verified reply, or None when the last try went unanswered."""
        loop = asyncio.get_running_loop()
        transport, mailbox = await loop.create_datagram_endpoint(_Mailbox, remote_addr=("127.0.0.1", port))
        try:
            for _ in range(_TRIES):
                transport.sendto(request)
                try:
                    reply = decode(await asyncio.wait_for(mailbox.letters.get(), _TRY_FOR_S))
                    verify_reply(reply, request[4:20], self._nas.secret)
                except (TimeoutError, PacketError):
                    continue
                return reply
            return None
        finally:
            transport.close()


class _Mailbox(asyncio.DatagramProtocol):
    """Keeps what arrives. A port nobody listens on yet is the same as no answer."""

    def __init__(self) -> None:
        self.letters: asyncio.Queue[bytes] = asyncio.Queue(maxsize=16)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        if not self.letters.full():
            self.letters.put_nowait(data)
