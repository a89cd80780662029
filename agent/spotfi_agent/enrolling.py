"""Enrolment: trades a one-time code for this router's identity.

The code pins the installation's CA. So the CA certificate may be fetched over a connection nobody vouches for; only when
it is the one in the code is it trusted, and the code itself travels over a connection that this CA vouches for.
Plain HTTP is for a server on the same machine only.
"""

import http.client
import ipaddress
import json
import ssl
from typing import Any
from urllib.parse import SplitResult, urlsplit

from spotfi_agent import __version__
from spotfi_agent.exits import REFUSED, UNREACHABLE, USAGE, WRONG_SERVER
from spotfi_agent.failure import Failure
from spotfi_agent.tls import trusting, trusting_nobody
from spotfi_protocol.enrolment import CA_PATH, ENROL_PATH, EnrolmentCode, EnrolmentGrant
from spotfi_protocol.errors import ProtocolError

_TIMEOUT_S = 15.0
_MOST_ANSWER_BYTES = 65_536


def enrol(url: str, typed_code: str, hostname: str) -> EnrolmentGrant:
    """The identity the cloud gives for the code. Failure, in words for a technician, when it gives none."""
    server = read_server_url(url)
    code = _read_code(typed_code)
    ca_pem = _fetch_ca(server)
    if not _is_trusted(code, ca_pem):
        msg = (
            f"The server at {server.netloc} is not the one this code was made for: its certificate authority differs. "
            "Check the address; if it is right, somebody is between this router and the server."
        )
        raise Failure(msg, WRONG_SERVER)
    body = {"code": str(code), "agent_version": __version__, "hostname": hostname}
    status, answer = _exchange(server, trusting(ca_pem), "POST", ENROL_PATH, json.dumps(body).encode())
    return _read_grant(status, answer)


def read_server_url(url: str) -> SplitResult:
    """The server's address. Failure when it is none, or would send the code in the clear."""
    server = urlsplit(url if "://" in url else f"https://{url}")
    try:
        is_whole = server.scheme in {"https", "http"} and bool(server.hostname) and server.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or server.query or server.fragment:
        msg = f"'{url}' is not the address of a server. It looks like https://spotfi.example.org:8443"
        raise Failure(msg, USAGE)
    if server.scheme == "http" and not _is_loopback(server.hostname or ""):
        msg = "Enrolment needs https://. Plain http would show the code to everybody on the way."
        raise Failure(msg, USAGE)
    return server


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_code(typed: str) -> EnrolmentCode:
    try:
        return EnrolmentCode.parse(typed)
    except ProtocolError as error:
        raise Failure(str(error), REFUSED) from error


def _fetch_ca(server: SplitResult) -> str:
    status, answer = _exchange(server, trusting_nobody(), "GET", CA_PATH)
    if status != http.client.OK or b"-----BEGIN CERTIFICATE-----" not in answer:
        msg = f"{server.netloc} answers, but not as a SpotFi server does (status {status}). Check the address and port."
        raise Failure(msg, UNREACHABLE)
    return answer.decode("ascii", errors="replace")


def _is_trusted(code: EnrolmentCode, ca_pem: str) -> bool:
    try:
        return code.trusts(ssl.PEM_cert_to_DER_cert(ca_pem.strip()))
    except ValueError:
        return False


def _exchange(
    server: SplitResult, context: ssl.SSLContext, method: str, path: str, body: bytes | None = None
) -> tuple[int, bytes]:
    host = server.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, server.port, timeout=_TIMEOUT_S, context=context)
        if server.scheme == "https"
        else http.client.HTTPConnection(host, server.port, timeout=_TIMEOUT_S)
    )
    try:
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
        connection.request(method, server.path.rstrip("/") + path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_ANSWER_BYTES)
    except ssl.SSLCertVerificationError as error:
        msg = (
            f"The certificate of {server.netloc} is not accepted: {error.verify_message}. Check the address, and this "
            "router's clock with `date`: before the time is set no certificate looks valid."
        )
        raise Failure(msg, WRONG_SERVER) from error
    except (OSError, http.client.HTTPException) as error:
        msg = f"Cannot reach {server.netloc}: {error}. Check the address, and that this router is on the internet."
        raise Failure(msg, UNREACHABLE) from error
    finally:
        connection.close()


def _read_grant(status: int, answer: bytes) -> EnrolmentGrant:
    try:
        body = json.loads(answer)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {}
    if status in {http.client.OK, http.client.CREATED}:
        try:
            return EnrolmentGrant.from_wire(body)
        except ProtocolError as error:
            msg = f"The server's answer cannot be used ({error}). Is it newer than this agent?"
            raise Failure(msg, UNREACHABLE) from error
    said = _sentence_of(body)
    if 400 <= status < 500 and status != http.client.TOO_MANY_REQUESTS:
        msg = f"The server refused the code: {said or f'status {status}'} Get a new code from the dashboard."
        raise Failure(msg, REFUSED)
    msg = f"The server cannot enrol routers just now (status {status}). {said} Try again in a minute.".replace(
        "  ", " "
    )
    raise Failure(msg, UNREACHABLE)


def _sentence_of(problem: dict[str, Any]) -> str:
    """What an RFC 9457 problem document says to people."""
    said = problem.get("detail") or problem.get("title") or ""
    text = said if isinstance(said, str) else ""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
