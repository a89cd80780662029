"""Alerts are told by webhook and e-mail: signed, tried again while a receiver is away, once, and nowhere private."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from spotfi_cloud.alerts.rules import AlertKind, Severity
from spotfi_cloud.alerts.service import alerts, channels
from spotfi_cloud.alerts.service.channels import SECRET_PURPOSE
from spotfi_cloud.alerts.service.sending import WebhookError
from spotfi_cloud.entrypoints.worker.alerts import send_due_letters, send_due_webhooks
from spotfi_cloud.entrypoints.worker.mail import smtp_sender
from spotfi_cloud.entrypoints.worker.webhooks import webhook_poster
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.sealing import Sealer
from tests.integration.alerts.conftest import Fleet

SEALER = Sealer("the secret key of an installation under test", SECRET_PURPOSE)
URL = "https://spotfi.test:8443"


@dataclass
class Receiver:
    """A web server that keeps what it is sent, and answers as it is told to."""

    status: str = "204 No Content"
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    server: asyncio.Server | None = None
    port: int = 0

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self.server is not None:
            self.server.close()
            await self.server.wait_closed()
            self.server = None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if name}
        self.requests.append((headers, await reader.readexactly(int(headers["content-length"]))))
        location = "Location: http://127.0.0.1:1/\r\n" if self.status.startswith("3") else ""
        writer.write(f"HTTP/1.1 {self.status}\r\n{location}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.requests]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    await receiver.start()
    yield receiver
    await receiver.stop()


class Mailbox:
    """What an SMTP server received; may be told to refuse."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.refuses, self.port = False, 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return "451 Try again later"
        self.letters.append(envelope)
        return "250 OK"

    def read(self, number: int) -> tuple[str, str]:
        content = self.letters[number].content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=default)
        body = letter.get_body()
        assert body is not None
        return letter["Subject"], body.get_content()


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, hostname="mail.spotfi.test", loop=loop), "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    yield mailbox
    server.close()
    await server.wait_closed()


class Teller:
    """Channels of the fleet, and the worker that tells."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet, self.secret = fleet, ""

    async def add(self, host_id: UUID | None = None, **fields: Any) -> UUID:
        values = {"name": "x", "recipient": None, "url": None, "alert_kinds": None, "enabled": True} | fields
        values.setdefault("min_severity", Severity.INFO)
        async with self.fleet.database.unit_of_work() as session:
            channel, secret = await channels.create_channel(
                session,
                Scope.everything(),
                host_id,
                values,
                visible=frozenset(AlertKind),
                sealer=SEALER,
                allow_private=True,
                clock=self.fleet.clock,
            )
        self.secret = secret or self.secret
        return channel.id

    async def hook(self, receiver: Receiver, host_id: UUID | None = None, **fields: Any) -> UUID:
        return await self.add(host_id, kind="webhook", url=f"http://127.0.0.1:{receiver.port}/hook?a=1", **fields)

    async def tell(self, *, allow_private: bool = True) -> None:
        post = webhook_poster(allow_private=allow_private)
        await send_due_webhooks(self.fleet.database, SEALER, post, self.fleet.clock)

    async def write(self, mailbox: Mailbox) -> None:
        send = smtp_sender(f"smtp://127.0.0.1:{mailbox.port}", "spotfi@spotfi.test")
        await send_due_letters(self.fleet.database, send, URL, "UTC", self.fleet.clock)

    async def log(self) -> list[tuple[str, str, int, str | None]]:
        rows = "SELECT event, state, attempts, answer FROM alert_deliveries ORDER BY created_at, id"
        return [tuple(row) for row in await self.fleet.sql(rows)]


@pytest.fixture
def teller(fleet: Fleet) -> Teller:
    return Teller(fleet)


async def test_a_webhook_is_signed_and_tells_raising_and_clearing_once(
    fleet: Fleet, teller: Teller, receiver: Receiver
) -> None:
    [router_id] = await fleet.routers(await fleet.host())
    await teller.hook(receiver)
    await fleet.watch(11, cpu_percent=99.0)
    await fleet.watch(6, cpu_percent=10.0)
    for _ in range(3):
        await teller.tell()
    assert sorted(body["type"] for body in receiver.bodies()) == ["alert.cleared", "alert.raised"]
    headers, body = min(receiver.requests, key=lambda request: json.loads(request[1])["created_at"])
    sent_at_s, _, digest = headers["spotfi-signature"].removeprefix("t=").partition(",v1=")
    assert int(sent_at_s) == int(fleet.clock.now().timestamp())
    assert digest == hmac.new(teller.secret.encode(), f"{sent_at_s}.".encode() + body, hashlib.sha256).hexdigest()
    told = json.loads(body)
    assert headers["spotfi-delivery"] == told["id"]
    assert (
        told["alert"] | {"kind": "cpu_high", "router_id": str(router_id), "value": 99.0, "unit": "%"} == told["alert"]
    )


async def test_a_receiver_that_is_down_is_told_later_once(fleet: Fleet, teller: Teller, receiver: Receiver) -> None:
    await fleet.routers(await fleet.host())
    await receiver.stop()
    await teller.hook(receiver)
    await fleet.watch(11, cpu_percent=99.0)
    await teller.tell()
    await teller.tell()
    [(_, state, attempts, answer)] = await teller.log()
    assert (state, attempts) == ("pending", 1)
    assert answer is not None
    await receiver.start()
    receiver.status = "503 Busy"
    fleet.clock.advance(timedelta(seconds=11))
    await teller.tell()
    receiver.status = "200 OK"
    fleet.clock.advance(timedelta(seconds=31))
    for _ in range(3):
        await asyncio.gather(teller.tell(), teller.tell())
    assert await teller.log() == [("raised", "delivered", 3, "HTTP 200")]
    first, second = receiver.bodies()
    assert first == second


async def test_a_receiver_that_never_answers_is_given_up_after_a_day(
    fleet: Fleet, teller: Teller, receiver: Receiver
) -> None:
    receiver.status = "302 Found"
    channel_id = await teller.hook(receiver)
    async with fleet.database.unit_of_work() as session:
        await channels.order_test(session, Scope.everything(), channel_id, clock=fleet.clock)
    for _ in range(40):
        await teller.tell()
        fleet.clock.advance(timedelta(hours=1))
    [(event, state, attempts, answer)] = await teller.log()
    assert (event, state, answer) == ("test", "failed", "HTTP 302")
    assert 20 < attempts == len(receiver.requests) < 30


async def test_private_targets_are_refused_when_something_is_sent(
    fleet: Fleet, teller: Teller, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.hook(receiver)
    post = webhook_poster(allow_private=False)
    for url in (
        f"https://127.0.0.1:{receiver.port}/",
        f"https://[::ffff:127.0.0.1]:{receiver.port}/",
        "http://1.1.1.1/",
    ):
        with pytest.raises(WebhookError):
            await post(url, b"{}", {})
    # A name that stands for a private address, whatever it stood for when the channel was made.
    answers = [(2, 1, 6, "", ("127.0.0.1", receiver.port)), (10, 1, 6, "", ("::1", receiver.port, 0, 0))]

    async def resolve(*_args: Any, **_options: Any) -> list[Any]:
        return answers

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    with pytest.raises(WebhookError, match="not on the public internet"):
        await post(f"https://rebound.example:{receiver.port}/", b"{}", {})
    assert receiver.requests == []


async def test_the_log_says_that_a_target_is_refused(fleet: Fleet, teller: Teller, receiver: Receiver) -> None:
    channel_id = await teller.hook(receiver)
    async with fleet.database.unit_of_work() as session:
        await channels.order_test(session, Scope.everything(), channel_id, clock=fleet.clock)
    await teller.tell(allow_private=False)
    [(_, state, _, answer)] = await teller.log()
    assert (state, receiver.requests) == ("pending", [])
    assert answer is not None
    assert "https://" in answer


async def test_channels_get_what_they_asked_for(fleet: Fleet, teller: Teller, receiver: Receiver) -> None:
    mine, other = await fleet.host("Mine"), await fleet.host("Other")
    [router_id] = await fleet.routers(mine)
    await teller.hook(receiver, other)
    await teller.hook(receiver, mine, min_severity=Severity.CRITICAL)
    await teller.hook(receiver, mine, alert_kinds=["router_offline"])
    await teller.hook(receiver, mine, enabled=False)
    await fleet.watch(11, cpu_percent=99.0)
    await teller.tell()
    assert receiver.requests == []
    await fleet.set_online([router_id], online=False)
    await fleet.watch(6)
    await teller.tell()
    assert [body["alert"]["kind"] for body in receiver.bodies()] == ["router_offline"] * 2


async def test_a_receiver_that_hangs_does_not_hold_up_another(
    fleet: Fleet, teller: Teller, receiver: Receiver, clock: ManualClock
) -> None:
    await fleet.routers(await fleet.host(), 30)
    broken = Receiver("500 Broken")
    await broken.start()
    await teller.hook(broken)
    await teller.hook(receiver)
    await fleet.watch(11, cpu_percent=99.0)
    await teller.tell()
    await broken.stop()
    assert (len(broken.requests), len(receiver.requests)) == (30, 30)
    assert len({body["id"] for body in receiver.bodies()}) == 30


async def test_many_alerts_are_one_letter_in_the_hosts_language(fleet: Fleet, teller: Teller, mailbox: Mailbox) -> None:
    host_id = await fleet.host(language="fr")
    await fleet.routers(host_id, 3)
    await teller.add(host_id, kind="email", recipient="noc@spotfi.test")
    await fleet.watch(12, cpu_percent=99.0)
    await teller.write(mailbox)
    assert [letter.rcpt_tos for letter in mailbox.letters] == [["noc@spotfi.test"]]
    subject, body = mailbox.read(0)
    assert subject == "SpotFi : 3 alertes"
    assert body.count("processeur surchargé: Bar") == 3
    assert "CET" in body
    assert f"{URL}/#/alerts" in body


async def test_letters_wait_for_one_another_and_for_the_mail_server(
    fleet: Fleet, teller: Teller, mailbox: Mailbox
) -> None:
    ids = await fleet.routers(await fleet.host(), 2)
    await teller.add(kind="email", recipient="noc@spotfi.test")
    mailbox.refuses = True
    await fleet.watch(12, cpu_percent=99.0)
    await teller.write(mailbox)
    assert mailbox.letters == []
    mailbox.refuses = False
    await teller.write(mailbox)
    assert mailbox.letters == []
    fleet.clock.advance(timedelta(seconds=11))
    await teller.write(mailbox)
    await fleet.set_online(ids[:1], online=False)
    await fleet.watch(4, cpu_percent=10.0)
    await teller.write(mailbox)
    assert len(mailbox.letters) == 1
    await fleet.watch(4, cpu_percent=10.0)
    await teller.write(mailbox)
    assert len(mailbox.letters) == 2
    subject, body = mailbox.read(1)
    assert subject == "SpotFi: 2 alerts"
    assert ("Over: processor busy" in body, "Raised: router offline" in body) == (True, True)
    assert {row[1] for row in await teller.log()} == {"delivered"}


async def test_a_test_letter(fleet: Fleet, teller: Teller, mailbox: Mailbox) -> None:
    channel_id = await teller.add(kind="email", recipient="noc@spotfi.test")
    async with fleet.database.unit_of_work() as session:
        await channels.order_test(session, Scope.everything(), channel_id, clock=fleet.clock)
    await teller.write(mailbox)
    assert mailbox.read(0)[0] == "SpotFi: a test of alerts"


async def test_what_is_long_over_is_forgotten(fleet: Fleet, teller: Teller, receiver: Receiver) -> None:
    await fleet.routers(await fleet.host(), 2)
    await teller.hook(receiver)
    await fleet.watch(11, cpu_percent=99.0)
    await fleet.watch(6, cpu_percent=10.0)
    await teller.tell()
    for days, left in ((31, (0, 2)), (340, (0, 0))):
        fleet.clock.advance(timedelta(days=days))
        async with fleet.database.unit_of_work() as session:
            await alerts.forget_old_alerts(session, clock=fleet.clock)
        counts = [len(await fleet.sql(f"SELECT * FROM {table}")) for table in ("alert_deliveries", "alerts")]
        assert tuple(counts) == left
