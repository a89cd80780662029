"""Enrolling over HTTPS: the code pins the server; every refusal is a sentence and an exit status."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from spotfi_protocol.enrolment import CA_PATH, EnrolmentCode
from tests.integration.agent.peers import Certificates, make_certificates
from tests.integration.agent.router import Router
from tests.ports import free_port

GRANT = {
    "router_id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    "device_key": "a secret key",
    "mqtt_host": "localhost",
    "mqtt_port": 8883,
    "websocket_url": "wss://localhost:8443/mqtt",
}


class Server:
    """The cloud's enrolment, as far as a router sees it."""

    def __init__(self, certificates: Certificates) -> None:
        self.certificates = certificates
        self.ca_pem = certificates.ca_pem
        self.answer: tuple[int, dict[str, Any]] = (200, {**GRANT, "ca_pem": certificates.ca_pem})
        self.codes: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                assert self.path == CA_PATH
                self._answer(200, server.ca_pem.encode())

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.codes.append(body["code"])
                status, answer = server.answer
                self._answer(status, json.dumps(answer).encode())

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the base class names it so
                pass

        self._handler = Handler
        self.serve(certificates.server_context)

    def serve(self, context: ssl.SSLContext) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a router that hangs up is expected here
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"https://localhost:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(certificates: Certificates) -> Iterator[Server]:
    server = Server(certificates)
    yield server
    server.close()


@pytest.fixture
def router(tmp_path: Path) -> Router:
    return Router(tmp_path / "new")


@pytest.fixture
def code(certificates: Certificates) -> str:
    return str(EnrolmentCode.generate(certificates.ca_der))


def test_a_code_is_traded_for_an_identity(router: Router, server: Server, code: str) -> None:
    done = router.call("enroll", server.url, given=f"  {code.lower()}\n")
    assert done.returncode == 0, done.stderr
    assert str(GRANT["router_id"]) in done.stdout
    assert server.codes == [code]
    identity_path = router.directory / "identity.json"
    assert json.loads(identity_path.read_text())["device_key"] == "a secret key"
    assert identity_path.stat().st_mode & 0o777 == 0o600
    assert router.directory.stat().st_mode & 0o777 == 0o700


def test_a_code_from_a_file(router: Router, server: Server, code: str, tmp_path: Path) -> None:
    path = tmp_path / "code"
    path.write_text(code)
    assert router.call("enroll", server.url, "--code-file", str(path)).returncode == 0


def foreign_server(server: Server, tmp_path: Path) -> None:
    server.ca_pem = make_certificates(tmp_path / "foreign").ca_pem


def borrowed_ca(server: Server, tmp_path: Path) -> None:
    """A server that hands out the right CA, and cannot prove that it belongs to it."""
    server.close()
    server.serve(make_certificates(tmp_path / "foreign").server_context)


def used_code(server: Server, _tmp_path: Path) -> None:
    server.answer = (409, {"title": "Conflict", "detail": "This enrolment code has been used"})


def out_of_order(server: Server, _tmp_path: Path) -> None:
    server.answer = (503, {"title": "The database is being upgraded"})


def odd_answer(server: Server, _tmp_path: Path) -> None:
    server.answer = (200, {**GRANT, "ca_pem": "x", "mqtt_port": 0})


def no_pem(server: Server, _tmp_path: Path) -> None:
    server.ca_pem = "<html>welcome</html>"


@pytest.mark.parametrize(
    ("spoil", "status", "said"),
    [
        (foreign_server, 4, "not the one this code was made for"),
        (borrowed_ca, 4, "certificate of localhost"),
        (used_code, 5, "This enrolment code has been used. Get a new code"),
        (out_of_order, 3, "The database is being upgraded. Try again"),
        (odd_answer, 3, "mqtt_port"),
        (no_pem, 3, "not as a SpotFi server does"),
    ],
)
def test_each_refusal_is_a_sentence_and_leaves_nothing(
    router: Router,
    server: Server,
    code: str,
    tmp_path: Path,
    spoil: Callable[[Server, Path], None],
    status: int,
    said: str,
) -> None:
    spoil(server, tmp_path)
    done = router.call("enroll", server.url, given=code)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (router.directory / "identity.json").exists()
    if status == 4:
        assert server.codes == []  # the code stays with the router


def test_a_mistyped_code_a_dead_server_and_a_wrong_address(router: Router, server: Server, code: str) -> None:
    mistyped = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert router.call("enroll", server.url, given=mistyped).returncode == 5
    assert router.call("enroll", server.url, given="").returncode == 5
    dead = router.call("enroll", f"https://localhost:{free_port()}", given=code)
    assert (dead.returncode, "Cannot reach" in dead.stderr) == (3, True)
    assert router.call("enroll", "http://192.0.2.1", given=code).returncode == 2


def test_commands_of_a_router_that_is_not_enrolled(router: Router) -> None:
    for command in ("run", "status"):
        done = router.call(command)
        assert done.returncode == 6, command
        assert "not enrolled" in done.stdout + done.stderr
    doctor = router.call("doctor", "--json")
    assert doctor.returncode == 1
    assert json.loads(doctor.stdout)[0]["check"] == "identity"
