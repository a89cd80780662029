"""What one RADIUS packet costs: our codec and pyrad's, in turns in one process, in CPU time.

access: parse, check Message-Authenticator, decrypt the password, build and sign an Access-Accept of five attributes.
accounting: parse, check the request authenticator, read who, what and both counters, build and sign the response.
"""

import json
from collections.abc import Callable
from io import StringIO
from statistics import median
from time import process_time
from typing import Any

from pyrad import packet as pyrad
from pyrad.dictionary import Dictionary
from rich.console import Console
from rich.table import Table

from benchmarks.load.radius_workloads import INTERIMS, Guest, Logins, Nas, Sessions
from spotfi_cloud.radius import reply, values
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import verify_request
from spotfi_cloud.radius.dictionary import load
from spotfi_cloud.radius.limits import bandwidth_attributes, quota_attributes
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import decode
from spotfi_cloud.radius.passwords import check_pap
from spotfi_cloud.radius.traffic import read_traffic

ROUNDS = 15
PACKETS = 1_000
NAS = Nas("sf-benchmark", b"a secret of some length")
GUEST = Guest("guest-00042", "a password")
PYRAD_KINDS = {"text": "string", "time": "date", "ipv4": "ipaddr", "ipv6": "ipv6addr"}


def our_access(datagram: bytes) -> bytes:
    packet = decode(datagram)
    verify_request(packet, NAS.secret)
    assert packet.text(Attr.USER_NAME) == GUEST.username
    assert check_pap(packet, NAS.secret, GUEST.password.encode())
    return reply.accept(
        packet,
        NAS.secret,
        (
            values.integer(Attr.SESSION_TIMEOUT, 3600),
            values.integer(Attr.ACCT_INTERIM_INTERVAL, 300),
            values.text(Attr.CLASS, "subscriber-00042"),
            quota_attributes(NasKind.USPOT, 500_000_000),
            bandwidth_attributes(NasKind.USPOT, None, 10_000_000),
        ),
    )


def our_accounting(datagram: bytes) -> bytes:
    packet = decode(datagram)
    verify_request(packet, NAS.secret)
    assert packet.text(Attr.USER_NAME) == GUEST.username
    assert packet.text(Attr.ACCT_SESSION_ID)
    assert packet.integer(Attr.ACCT_STATUS_TYPE)
    assert read_traffic(packet, NasKind.USPOT).up_bytes is not None
    return reply.accounting_response(packet, NAS.secret)


def their_access(datagram: bytes, dictionary: Dictionary) -> bytes:
    packet = pyrad.AuthPacket(packet=datagram, secret=NAS.secret, dict=dictionary)
    assert packet.verify_message_authenticator()
    assert packet["User-Name"] == [GUEST.username]
    assert packet.PwDecrypt(packet["User-Password"][0]) == GUEST.password
    answer = packet.CreateReply()
    answer.code = pyrad.AccessAccept
    answer["Session-Timeout"] = 3600
    answer["Acct-Interim-Interval"] = 300
    answer["Class"] = b"subscriber-00042"
    answer["ChilliSpot-Max-Total-Octets"] = 500_000_000
    answer["ChilliSpot-Max-Total-Gigawords"] = 0
    answer["WISPr-Bandwidth-Max-Down"] = 10_000_000
    answer.add_message_authenticator()
    datagram_out: bytes = answer.ReplyPacket()
    return datagram_out


def their_accounting(datagram: bytes, dictionary: Dictionary) -> bytes:
    packet = pyrad.AcctPacket(packet=datagram, secret=NAS.secret, dict=dictionary)
    assert packet.VerifyAcctRequest()
    assert packet["User-Name"] == [GUEST.username]
    assert packet["Acct-Session-Id"]
    assert packet["Acct-Status-Type"]
    assert packet["Acct-Input-Octets"]
    assert packet["Acct-Input-Gigawords"] == packet["Acct-Output-Gigawords"]
    assert packet["Acct-Output-Octets"]
    datagram_out: bytes = packet.CreateReply().ReplyPacket()
    return datagram_out


def main() -> None:
    dictionary = Dictionary(StringIO(pyrad_dictionary()))
    access = Logins(NAS, [GUEST]).next_request(1)
    sessions = Sessions(NAS, [GUEST], INTERIMS + 1)
    accounting = [sessions.next_request(1) for _ in range(100)][-1]
    contenders: dict[str, Callable[[], Any]] = {
        "access_us": lambda: our_access(access),
        "accounting_us": lambda: our_accounting(accounting),
        "pyrad_access_us": lambda: their_access(access, dictionary),
        "pyrad_accounting_us": lambda: their_accounting(accounting, dictionary),
    }
    figures = measure(contenders)
    for kind in ("access", "accounting"):
        figures[f"{kind}_vs_pyrad"] = round(figures[f"pyrad_{kind}_us"] / figures[f"{kind}_us"], 1)
    show(figures)
    print(json.dumps({"bench": "radius_codec", "figures": figures}))


def measure(contenders: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Median µs per packet, the contenders taking turns so that a slow phase of the machine hits all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, work in contenders.items():
            began = process_time()
            for _ in range(PACKETS):
                work()
            seconds[name].append(process_time() - began)
    return {name: round(median(each) / PACKETS * 1e6, 1) for name, each in seconds.items()}


def pyrad_dictionary() -> str:
    """Our dictionaries in the format of pyrad's."""
    lines = []
    for ours in load().values():
        prefix, lines_before = (
            ("", []) if ours.vendor == 0 else (f"{ours.name}-", [f"VENDOR {ours.name} {ours.vendor}"])
        )
        lines += lines_before + ([f"BEGIN-VENDOR {ours.name}"] if ours.vendor else [])
        lines += [
            f"ATTRIBUTE {prefix}{each.name} {each.number} {PYRAD_KINDS.get(each.kind, each.kind)}"
            for each in ours.attributes.values()
        ]
        lines += [f"END-VENDOR {ours.name}"] if ours.vendor else []
    return "\n".join(lines) + "\n"


def show(figures: dict[str, float]) -> None:
    table = Table("µs of CPU per packet", "SpotFi", "pyrad", "ratio", title="RADIUS codec")
    for kind in ("access", "accounting"):
        ours, theirs = figures[f"{kind}_us"], figures[f"pyrad_{kind}_us"]
        table.add_row(kind, f"{ours:.1f}", f"{theirs:.1f}", f"{figures[f'{kind}_vs_pyrad']:.1f}×")
    Console().print(table)


if __name__ == "__main__":
    main()
