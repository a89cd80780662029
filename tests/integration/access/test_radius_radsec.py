"""RADIUS over TLS: Debian's radsecproxy between radclient and the role, and peers that do odd things."""

import asyncio
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates, issue_client_certificate
from spotfi_cloud.entrypoints.radius.radsec import Certificates, RadsecTerms
from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request, verify_reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.passwords import encrypt_pap
from spotfi_cloud.radius.values import octets, text
from spotfi_cloud.routers.service import set_radsec_certificate
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.notify import Channel, announce
from tests.integration.access.asking import serving
from tests.integration.access.conftest import PASSWORD, Place
from tests.integration.access.radius_peer import radclient, received
from tests.ports import free_port

RADSEC = b"radsec"
PROXY_SECRET = b"between radclient and proxy"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Site:
    """The role serving RadSec, one NAS that has a certificate, and the files of both."""

    server: RadiusServer
    settings: Settings
    nas_id: UUID
    certificate: Path
    key: Path
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def port(self) -> int:
        assert self.server.radsec_port is not None
        return self.server.radsec_port

    async def connect(self, certificate: Path | None = None, key: Path | None = None) -> Streams:
        context = ssl.create_default_context(cafile=str(self.settings.tls_ca_file))
        context.load_cert_chain(certificate or self.certificate, key or self.key)
        return await self.open(context)

    async def open(self, context: ssl.SSLContext) -> Streams:
        """A connection that is closed when the test ends."""
        streams = await asyncio.open_connection("127.0.0.1", self.port, ssl=context, server_hostname="localhost")
        self.writers.append(streams[1])
        return streams

    async def close(self) -> None:
        for writer in self.writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def issue(self, name: str) -> tuple[str, Path, Path]:
        issued = issue_client_certificate(self.settings, name, SystemClock().now())
        certificate, key = (self.settings.data_dir / f"{name}.{kind}" for kind in ("pem", "key"))
        certificate.write_text(issued.certificate_pem)
        key.write_text(issued.private_key_pem)
        return issued.sha256, certificate, key


@pytest.fixture
async def site(database: Database, place: Place, tmp_path: Path) -> AsyncIterator[Site]:
    settings = Settings(data_dir=tmp_path, public_url="https://localhost:8443")
    ensure_certificates(settings, SystemClock())
    await place.add_subscriber("ada", await place.add_plan(max_sessions=None))
    files = Certificates(settings.tls_cert_file, settings.tls_key_file, settings.tls_ca_file)
    terms = RadsecTerms(0, files.context(), files.renewed)
    async with serving(database, radsec=terms) as server:
        site = Site(server, settings, UUID(int=0), tmp_path, tmp_path)
        sha256, site.certificate, site.key = site.issue("sf-one")
        site.nas_id = await place.add_nas("sf-one", address=None, radsec_certificate_sha256=sha256)
        async with database.unit_of_work() as session:
            await announce(session, Channel.ACCESS, "router")
        yield site
        await site.close()


def login(number: int, *more: bytes, password: str = PASSWORD) -> bytes:
    authenticator = number.to_bytes(16, "big")
    hidden = octets(Attr.USER_PASSWORD, encrypt_pap(password.encode(), authenticator, RADSEC))
    attributes = [text(Attr.USER_NAME, "ada"), hidden, *more]
    return sign_access_request(number % 256, authenticator, RADSEC, attributes, message_authenticator=False)


async def read_packet(reader: asyncio.StreamReader) -> Packet:
    async with asyncio.timeout(30):
        head = await reader.readexactly(4)
        return decode(head + await reader.readexactly(int.from_bytes(head[2:], "big") - 4))


async def connected(site: Site) -> Streams:
    """A connection the role knows the certificate of; it learns of a new NAS within a moment."""
    for _ in range(200):
        try:
            reader, writer = await site.connect()
            writer.write(login(0))
            assert (await read_packet(reader)).code == Code.ACCESS_ACCEPT
        except (asyncio.IncompleteReadError, ConnectionError):
            await asyncio.sleep(0.1)
        else:
            return reader, writer
    pytest.fail("the role does not take the certificate")


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the role closes the connection, and says nothing more on it."""
    async with asyncio.timeout(30):
        try:
            return await reader.read(1) == b""
        except (ConnectionError, ssl.SSLError):
            return True


async def test_many_requests_on_one_connection_in_whatever_pieces(site: Site) -> None:
    reader, writer = await connected(site)
    stream = b"".join(login(number) for number in range(1, 1001))
    sizes = [1, 3, 19, 200, 4096, 20_000]
    sent = 0
    while sent < len(stream):
        size = sizes[sent % len(sizes)]
        writer.write(stream[sent : sent + size])
        sent += size
        await asyncio.sleep(0)
    for _ in range(1000):
        assert (await read_packet(reader)).code == Code.ACCESS_ACCEPT


async def test_replies_are_signed_with_the_secret_of_radsec_and_status_is_answered(site: Site) -> None:
    reader, writer = await connected(site)
    asked = login(1, password="wrong")
    status = sign_access_request(2, bytes(16), RADSEC, [], code=Code.STATUS_SERVER)
    writer.write(asked)
    rejected = await read_packet(reader)
    assert rejected.code == Code.ACCESS_REJECT
    verify_reply(rejected, decode(asked).authenticator, RADSEC)
    writer.write(status)
    answer = await read_packet(reader)
    verify_reply(answer, bytes(16), RADSEC)
    assert answer.code == Code.ACCESS_ACCEPT


@pytest.mark.parametrize("stream", [b"\x01\x01\x00\x13", b"\x01\x01\x10\x01", b"GET / HTTP/1.1\r\n\r\n"])
async def test_a_length_that_cannot_be_ends_the_connection(site: Site, stream: bytes) -> None:
    reader, writer = await connected(site)
    writer.write(stream)
    assert await ended(reader)


async def test_a_certificate_that_is_no_routers_gets_nothing(site: Site) -> None:
    await connected(site)
    _, certificate, key = site.issue("stranger")
    reader, writer = await site.connect(certificate, key)
    writer.write(login(1))
    assert await ended(reader)


async def test_without_a_certificate_of_our_authority_there_is_no_connection(site: Site, tmp_path: Path) -> None:
    elsewhere = Settings(data_dir=tmp_path / "elsewhere", public_url="https://localhost:8443")
    elsewhere.data_dir.mkdir()
    ensure_certificates(elsewhere, SystemClock())
    stranger = Site(site.server, elsewhere, site.nas_id, tmp_path, tmp_path)
    _, certificate, key = stranger.issue("sf-one")
    trusting = ssl.create_default_context(cafile=str(site.settings.tls_ca_file))
    for with_one in (False, True):
        if with_one:
            trusting.load_cert_chain(certificate, key)
        assert not await is_served(site, trusting)


async def is_served(site: Site, context: ssl.SSLContext) -> bool:
    try:
        reader, writer = await site.open(context)
        writer.write(login(1))
        return await reader.read(1) != b""
    except (ssl.SSLError, ConnectionError):
        return False


async def test_a_void_certificate_ends_its_connections(site: Site, database: Database) -> None:
    reader, _ = await connected(site)
    async with database.unit_of_work() as session:
        await set_radsec_certificate(session, Scope.everything(), site.nas_id, None)
    assert await ended(reader)


async def test_a_renewed_certificate_of_ours_is_shown_without_a_restart(site: Site, database: Database) -> None:
    (reader, writer), before = await connected(site), site.settings.tls_cert_file.read_bytes()
    for file in (site.settings.tls_cert_file, site.settings.tls_key_file):
        file.unlink()
    ensure_certificates(site.settings, SystemClock())
    assert site.settings.tls_cert_file.read_bytes() != before
    async with database.unit_of_work() as session:
        await announce(session, Channel.ACCESS, "router")
    shown = x509.load_pem_x509_certificates(site.settings.tls_cert_file.read_bytes())[0]
    for _ in range(200):
        _, fresh = await connected(site)
        if fresh.get_extra_info("ssl_object").getpeercert(binary_form=True) == shown.public_bytes(Encoding.DER):
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail("the old certificate is still shown")
    writer.write(login(9))
    assert (await read_packet(reader)).code == Code.ACCESS_ACCEPT, "who is connected stays so"


async def test_who_shows_no_certificate_takes_no_room(site: Site) -> None:
    await connected(site)
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        idle = [stack.enter_context(socket.socket()) for _ in range(300)]
        for each in idle:
            each.setblocking(False)
            await loop.sock_connect(each, ("127.0.0.1", site.port))
        async with asyncio.timeout(30):
            assert await loop.sock_recv(idle[-1], 1) == b"", "more handshakes are open than may be"
        for each in idle[:100]:
            each.close()
        await connected(site)


def test_a_certificate_lasts_two_years_at_most(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, public_url="https://localhost:8443")
    ensure_certificates(settings, SystemClock())
    now = SystemClock().now()
    assert now < issue_client_certificate(settings, "sf-one", now).expires_at <= now + timedelta(days=731)


@asynccontextmanager
async def radsecproxy(site: Site, folder: Path) -> AsyncIterator[int]:
    """The UDP port of a radsecproxy that passes everything on to the role."""
    port = free_port()
    (folder / "radsecproxy.conf").write_text(
        f"""
ListenUDP 127.0.0.1:{port}
LogLevel 2
tls default {{
    CACertificateFile {site.settings.tls_ca_file}
    CertificateFile {site.certificate}
    CertificateKeyFile {site.key}
}}
client radclient {{
    host 127.0.0.1
    type udp
    secret "{PROXY_SECRET.decode()}"
}}
server spotfi {{
    host localhost
    port {site.port}
    type tls
    secret radsec
    statusServer on
}}
realm * {{
    server spotfi
    accountingServer spotfi
}}
"""
    )
    program = shutil.which("radsecproxy") or "/usr/sbin/radsecproxy"
    log = (folder / "radsecproxy.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        program, "-f", "-c", str(folder / "radsecproxy.conf"), stdout=log, stderr=log
    )
    try:
        yield port
    finally:
        process.terminate()
        await process.wait()
        log.close()


async def test_radclient_through_radsecproxy(site: Site, place: Place, tmp_path: Path) -> None:
    await connected(site)
    async with radsecproxy(site, tmp_path) as port:
        request = f'User-Name = "ada"\nUser-Password = "{PASSWORD}"\nMessage-Authenticator = 0x00\n'
        output = await radclient(tmp_path, port, "auth", request, secret=PROXY_SECRET, retries=20, timeout_s=1)
        reply = received(output)
        assert reply["code"] == "Access-Accept", output
        assert reply["Session-Timeout"] == "3600"
        chap = request.replace("User-Password", "CHAP-Password")
        output = await radclient(tmp_path, port, "auth", chap, secret=PROXY_SECRET)
        assert received(output)["code"] == "Access-Accept"
        output = await radclient(tmp_path, port, "auth", request.replace(PASSWORD, "no"), secret=PROXY_SECRET)
        assert received(output)["code"] == "Access-Reject"
        started = 'User-Name = "ada"\nAcct-Status-Type = Start\nAcct-Session-Id = "s1"\n'
        output = await radclient(tmp_path, port, "acct", started, secret=PROXY_SECRET)
        assert received(output)["code"] == "Accounting-Response"
    assert await place.query("SELECT router_id, username FROM sessions") == [(site.nas_id, "ada")]
