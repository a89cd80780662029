"""Wireshark's tshark dissects every kind of reply, checks its signatures, and has nothing to say against it."""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spotfi_cloud.access.credentials import prove
from spotfi_cloud.access.dynamic_authorization import NamedSession, change_request, disconnect_request, takes_changes
from spotfi_cloud.access.replies import (
    Reported,
    chargeable_identity,
    grant_attributes,
    new_login_token,
    update_attributes,
)
from spotfi_cloud.access.rules import Grant
from spotfi_cloud.quotas.rules import Limits
from spotfi_cloud.radius import reply
from spotfi_cloud.radius.attributes import AcctStatusType, Attr
from spotfi_cloud.radius.authenticity import sign_access_request, sign_reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.values import octets, text
from tests.integration.access.captures import capture
from tests.integration.access.radius_peer import accounting_request
from tests.unit.cloud.access.test_access_rules import ACCOUNT, NOW
from tests.vectors.reading import read_vectors

SECRET = "xyzzy5461"
AUTH, ACCT, COA = 1812, 1813, 3799
GRANT = Grant(3600, 600, 300, 6 * 2**32 + 5, 2_000_000, 10_000_000)
Exchange = tuple[int, bytes, bytes]
Tree = list[tuple[str, Any]]


def asked(*more: bytes, code: int = Code.ACCESS_REQUEST) -> Packet:
    attributes = [*more, octets(Attr.PROXY_STATE, b"first"), octets(Attr.PROXY_STATE, b"second")]
    return decode(sign_access_request(1, os.urandom(16), SECRET.encode(), attributes, code=code))


def accepts() -> Iterator[Exchange]:
    for kind in NasKind:
        directed = replace(GRANT, remaining_up_bytes=5 << 32, remaining_down_bytes=7)
        for grant in (GRANT, directed, replace(GRANT, remaining_bytes=None, rate_up_bps=None, session_timeout_s=None)):
            request = asked(text(Attr.USER_NAME, "ada"), octets(Attr.CHARGEABLE_USER_IDENTITY, b"\0"))
            attributes = [
                *grant_attributes(grant, kind, new_login_token()),
                chargeable_identity(b"key", ACCOUNT.subscriber_id),
            ]
            yield AUTH, request.raw, reply.accept(request, SECRET.encode(), attributes)


def others() -> Iterator[Exchange]:
    secret, request = SECRET.encode(), asked(text(Attr.USER_NAME, "ada"))
    yield AUTH, request.raw, reply.reject(request, secret, "Your data volume für diesen Monat is used up. " * 8)
    mschap = decode(read_vectors()["rfc2759-9.2-request"].datagram)
    for password in (b"clientPass", b"other"):
        proof = prove(mschap, secret, replace(ACCOUNT, password=password))
        answer = (
            reply.accept(
                mschap, secret, [*grant_attributes(GRANT, NasKind.COOVACHILLI, new_login_token()), proof.on_accept]
            )
            if proof.fits
            else reply.reject(mschap, secret, "The user name or the password is wrong.", [proof.on_reject])
        )
        yield AUTH, mschap.raw, answer
    for port in (AUTH, ACCT):
        status = asked(code=Code.STATUS_SERVER)
        yield port, status.raw, reply.status(status, secret, accounting_port=port == ACCT)


def accounting() -> Iterator[Exchange]:
    for number, account in enumerate((None, ACCOUNT, replace(ACCOUNT, disabled=True))):
        values: dict[int, int | str] = {
            Attr.ACCT_STATUS_TYPE: int(AcctStatusType.INTERIM_UPDATE),
            Attr.USER_NAME: "ada",
            Attr.ACCT_SESSION_ID: f"s{number}",
        }
        request = decode(accounting_request(SECRET.encode(), number, values))
        attributes = [] if account is None else update_attributes(account, NasKind.COOVACHILLI, Reported(1 << 33), NOW)
        yield ACCT, request.raw, reply.accounting_response(request, SECRET.encode(), attributes)


def disconnects() -> Iterator[Exchange]:
    for number, kind in enumerate(NasKind):
        named = NamedSession("ada", "s1", "192.0.2.7")
        request = disconnect_request(kind, number, SECRET.encode(), named)
        yield COA, request, sign_reply(Code.DISCONNECT_ACK, decode(request), SECRET.encode())
        if takes_changes(kind):
            limits = Limits(2_000_000, None, 3600, 600, 300, 5 << 32, 7 << 32, 9)
            request = change_request(kind, 100 + number, SECRET.encode(), named, limits)
            yield COA, request, sign_reply(Code.COA_ACK, decode(request), SECRET.encode())


async def dissect(folder: Path, exchanges: list[Exchange]) -> list[Tree]:
    """What tshark makes of each packet, as (name, value) pairs: names repeat."""
    file = folder / "radius.pcap"
    file.write_bytes(capture(exchanges))
    process = await asyncio.create_subprocess_exec(
        *("tshark", "-n", "-r", str(file), "-T", "json", "-o", f"radius.shared_secret:{SECRET}"),
        *("-o", "radius.validate_authenticator:TRUE", "-d", f"udp.port=={COA},radius"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "HOME": str(folder)},
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    packets: list[Tree] = json.loads(output, object_pairs_hook=list)
    return packets


def fields(tree: Any) -> Iterator[tuple[str, Any]]:
    """Every name in the tree with its value, depth first."""
    for item in tree if isinstance(tree, list) else ():
        if isinstance(item, tuple):
            yield item
            yield from fields(item[1])
        else:
            yield from fields(item)


def complaints(tree: Tree) -> list[tuple[str, Any]]:
    """Every remark of tshark's, and every signature it does not find right."""
    return [
        (name, value)
        for name, value in fields(tree)
        if name.startswith(("_ws.expert", "_ws.malformed")) or (name.endswith(".invalid") and value != "0")
    ]


@pytest.mark.parametrize("made", [accepts, others, accounting, disconnects])
async def test_every_reply_is_dissected_without_a_remark(tmp_path: Path, made: Any) -> None:
    exchanges = list(made())
    packets = await dissect(tmp_path, exchanges)
    assert len(packets) == 2 * len(exchanges)
    for packet in packets:
        assert "radius.code" in dict(fields(packet)), packet
        assert complaints(packet) == []


async def test_a_wrong_signature_would_show(tmp_path: Path) -> None:
    request = asked(text(Attr.USER_NAME, "ada"))
    forged = reply.accept(request, b"another secret", [])
    packets = await dissect(tmp_path, [(AUTH, request.raw, forged)])
    assert complaints(packets[1])
