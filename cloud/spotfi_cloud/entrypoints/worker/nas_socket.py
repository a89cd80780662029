"""UDP sockets for Disconnect- and CoA-Requests, one of IPv4 and one of IPv6.

Many are under way; each answer is matched by sender, identifier and digest.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import cast

from spotfi_cloud.radius.authenticity import verify_reply
from spotfi_cloud.radius.errors import PacketError
from spotfi_cloud.radius.packet import Packet, decode

_ANSWER_WITHIN_S = 1.5
_IDENTIFIERS = 256
_AUTHENTICATOR = slice(4, 20)
_ACK, _NAK = 1, 2
"""How far the codes of the answers lie behind the request's (RFC 5176 §2)."""

Peer = tuple[str, int]


class NoAnswerError(Exception):
    """The NAS did not answer in time, or cannot be asked; the message says which."""


@dataclass(slots=True)
class _Asked:
    answer: "asyncio.Future[Packet]"
    code: int
    authenticator: bytes
    secret: bytes


class NasSocket(asyncio.DatagramProtocol):
    """Asks NASes and hands out their genuine answers."""

    def __init__(self) -> None:
        self._transports: dict[int, asyncio.DatagramTransport] = {}
        """By address family."""
        self._asked: dict[tuple[Peer, int], _Asked] = {}
        self._numbers = count()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        family = transport.get_extra_info("socket").family
        self._transports[family] = cast("asyncio.DatagramTransport", transport)

    def close(self) -> None:
        for transport in self._transports.values():
            transport.close()

    async def ask(self, peer: Peer, secret: bytes, make: Callable[[int], bytes]) -> Packet:
        """The NAS's answer to the request that `make` builds for an identifier. NoAnswerError where there is none."""
        transport = self._transports.get(socket.AF_INET6 if ":" in peer[0] else socket.AF_INET)
        if transport is None:
            msg = "cannot be reached: this machine has no IPv6"
            raise NoAnswerError(msg)
        place = (peer, self._free_identifier(peer))
        request = make(place[1])
        answer = asyncio.get_running_loop().create_future()
        self._asked[place] = _Asked(answer, request[0], request[_AUTHENTICATOR], secret)
        try:
            transport.sendto(request, peer)
            return await asyncio.wait_for(answer, _ANSWER_WITHIN_S)
        except TimeoutError:
            msg = "no answer"
            raise NoAnswerError(msg) from None
        except (OSError, ValueError) as error:
            msg = f"cannot be reached: {error}"
            raise NoAnswerError(msg) from error
        finally:
            del self._asked[place]

    def _free_identifier(self, peer: Peer) -> int:
        for _ in range(_IDENTIFIERS):
            identifier = next(self._numbers) % _IDENTIFIERS
            if (peer, identifier) not in self._asked:
                return identifier
        msg = "too many requests to this NAS are under way"
        raise NoAnswerError(msg)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        try:
            packet = decode(data)
            asked = self._asked.get(((str(addr[0]), addr[1]), packet.identifier))
            if asked is None or asked.answer.done() or packet.code - asked.code not in (_ACK, _NAK):
                return
            verify_reply(packet, asked.authenticator, asked.secret)
        except PacketError:
            return
        asked.answer.set_result(packet)


async def open_nas_socket() -> NasSocket:
    """For NASes on IPv4 and, where the machine has it, IPv6; on ports the system chooses."""
    loop, protocol = asyncio.get_running_loop(), NasSocket()
    await loop.create_datagram_endpoint(
        lambda: protocol,
        local_addr=("0.0.0.0", 0),  # noqa: S104 - answers come from wherever the NAS is; each is authenticated
        family=socket.AF_INET,
    )
    with suppress(OSError):
        await loop.create_datagram_endpoint(lambda: protocol, local_addr=("::", 0), family=socket.AF_INET6)
    return protocol
