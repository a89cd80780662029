"""The speed test: against an HTTPS server, with the router's own key, and an end in words when nobody answers."""

import base64
import http.server
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from spotfi_protocol.messages import ResultState
from tests.integration.agent.peers import Broker, Certificates, SmallCloud, eventually
from tests.integration.agent.router import Router
from tests.ports import free_port

NewRouter = Callable[..., Router]


class Api(http.server.BaseHTTPRequestHandler):
    """`/api/v1/device/speed` as the cloud has it."""

    protocol_version = "HTTP/1.1"
    asked_by: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        size = int(parse_qs(urlsplit(self.path).query)["bytes"][0])
        self.asked_by.append(self.headers["Authorization"])
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(bytes(size))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api_port(certificates: Certificates) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.socket = certificates.server_context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_both_ways_are_measured(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker, certificates: Certificates, api_port: int
) -> None:
    router = new_router()
    url = f"wss://localhost:{api_port}/mqtt"
    router.identify(certificates.ca_pem, mqtt_port=broker.tls_port, websocket_url=url)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "speed_test", megabytes=2)
    result = eventually("the result", lambda: cloud.final(command_id), within_s=60)
    assert result.state is ResultState.SUCCEEDED, result
    assert result.detail["down_bytes"] == 2_000_000
    assert result.detail["up_bytes"] >= 2_000_000
    assert min(result.detail["down_bps"], result.detail["up_bps"]) > 0
    assert cloud.output(command_id).startswith(b"down: ")
    pair = base64.b64encode(f"{router.router_id}:{router.key}".encode()).decode()
    assert Api.asked_by[-1] == f"Basic {pair}"


def test_an_api_that_is_not_there_is_named(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker, certificates: Certificates
) -> None:
    router = new_router()
    url = f"wss://localhost:{free_port()}/mqtt"
    router.identify(certificates.ca_pem, mqtt_port=broker.tls_port, websocket_url=url)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    command_id = cloud.order(router.router_id, "speed_test")
    result = eventually("the result", lambda: cloud.final(command_id))
    assert result.state is ResultState.FAILED
    assert "API at localhost was not reached" in result.detail["message"]
