"""The other side of RADIUS: Debian's radclient, a NAS that retransmits, and one that answers Disconnect- and CoA-Requests."""

import asyncio
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spotfi_cloud.radius.attributes import AcctStatusType, Attr
from spotfi_cloud.radius.authenticity import sign_reply, sign_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.values import integer, octets


async def radclient(
    folder: Path, port: int, kind: str, attributes: str, *, secret: bytes, retries: int = 2, timeout_s: float = 2
) -> str:
    """What radclient prints; `attributes` one a line."""
    secret_file = folder / "secret"
    secret_file.write_bytes(secret)
    process = await asyncio.create_subprocess_exec(
        *("radclient", "-x", "-r", str(retries), "-t", str(timeout_s), "-S", str(secret_file)),
        *(f"127.0.0.1:{port}", kind),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(attributes.encode())
    return output.decode()


def received(output: str) -> dict[str, str]:
    """The attributes of the reply in radclient's output and its kind as `code`; empty where there was none."""
    reply = re.search(r"^Received ([\w-]+)(.*)", output, re.MULTILINE | re.DOTALL)
    if reply is None:
        return {}
    return {"code": reply[1], **dict(re.findall(r"^\s+([\w.-]+) = \"?(.*?)\"?$", reply[2], re.MULTILINE))}


def accounting_request(secret: bytes, identifier: int, attributes: dict[int, int | str]) -> bytes:
    wire = [
        integer(number, value) if isinstance(value, int) else octets(number, value.encode())
        for number, value in attributes.items()
    ]
    return sign_request(Code.ACCOUNTING_REQUEST, identifier, secret, wire)


@dataclass
class Peer(asyncio.DatagramProtocol):
    """A UDP socket of a NAS: asks the accounting port again until it is answered, and ends sessions when told to."""

    secret: bytes
    acct_port: int
    nas_identifier: str
    ends_sessions: bool = True
    disconnected: list[tuple[float, str]] = field(default_factory=list)
    """Moment and session of each Disconnect-Request; the same octets sent again are no other one."""
    on_disconnect: Code = Code.DISCONNECT_ACK
    changed: list[Packet] = field(default_factory=list)
    on_change: Code | None = Code.COA_ACK
    """What it answers to CoA-Requests; None: nothing."""
    error_cause: int | None = None
    _answers: dict[int, "asyncio.Future[None]"] = field(default_factory=dict)
    _identifiers: int = 0
    _heard: set[bytes] = field(default_factory=set)
    _transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    @property
    def port(self) -> int:
        number: int = self._transport.get_extra_info("sockname")[1]
        return number

    def close(self) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        packet = decode(data)
        if packet.code == Code.DISCONNECT_REQUEST:
            self._disconnect(packet, addr, is_new=self._is_new(data))
        elif packet.code == Code.COA_REQUEST:
            self._change(packet, addr, is_new=self._is_new(data))
        elif packet.code == Code.ACCOUNTING_RESPONSE and packet.identifier in self._answers:
            answer = self._answers.pop(packet.identifier)
            if not answer.done():
                answer.set_result(None)

    def _is_new(self, data: bytes) -> bool:
        """A busy machine may be late with the answer, so that it is asked for again."""
        is_new = data not in self._heard
        self._heard.add(data)
        return is_new

    def _disconnect(self, packet: Packet, addr: tuple[str | Any, int], *, is_new: bool) -> None:
        if is_new:
            session = packet.text(Attr.ACCT_SESSION_ID) or ""
            self.disconnected.append((asyncio.get_running_loop().time(), session))
        if self.ends_sessions:
            self._transport.sendto(sign_reply(self.on_disconnect, packet, self.secret, self._why()), addr)

    def _change(self, packet: Packet, addr: tuple[str | Any, int], *, is_new: bool) -> None:
        if is_new:
            self.changed.append(packet)
        if self.on_change is not None:
            self._transport.sendto(sign_reply(self.on_change, packet, self.secret, self._why()), addr)

    def _why(self) -> list[bytes]:
        return [] if self.error_cause is None else [integer(Attr.ERROR_CAUSE, self.error_cause)]

    async def account(
        self,
        status: AcctStatusType,
        username: str,
        session: str,
        time_s: int,
        up: int,
        *,
        tries: int = 20,
        login: str = "",
    ) -> bool:
        """One accounting request, the same octets again each second; whether it was answered. `login`: the Accept's Class."""
        identifier = self._identifiers = (self._identifiers + 1) % 256
        request = accounting_request(
            self.secret,
            identifier,
            {
                Attr.NAS_IDENTIFIER: self.nas_identifier,
                Attr.ACCT_STATUS_TYPE: int(status),
                Attr.USER_NAME: username,
                Attr.ACCT_SESSION_ID: session,
                Attr.ACCT_SESSION_TIME: time_s,
                Attr.ACCT_INPUT_OCTETS: up & 0xFFFFFFFF,
                Attr.ACCT_INPUT_GIGAWORDS: up >> 32,
                **({Attr.CLASS: login} if login else {}),
            },
        )
        answer = self._answers[identifier] = asyncio.get_running_loop().create_future()
        for _ in range(tries):
            self._transport.sendto(request, ("127.0.0.1", self.acct_port))
            done, _ = await asyncio.wait([answer], timeout=1)
            if done:
                return True
        return False


def garbage(count: int) -> list[bytes]:
    """Datagrams that are no requests: noise, and headers that lie."""
    noise = [bytes((number * step) & 0xFF for step in range(number % 64)) for number in range(count)]
    lying = [struct.pack(">BBH16s", 1 + number % 60, number % 256, 20 + number % 50, b"") for number in range(count)]
    return [*noise, *lying]
