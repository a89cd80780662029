"""A new key that the cloud decided against is forgotten, on the API's word, and another rotation can follow."""

import base64
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from spotfi_protocol.messages import ResultState
from tests.integration.agent.peers import Broker, Certificates, SmallCloud, eventually
from tests.integration.agent.router import Router

NewRouter = Callable[..., Router]


class Api(http.server.BaseHTTPRequestHandler):
    """Knows one router by its key."""

    pair: ClassVar[str] = ""

    def do_GET(self) -> None:
        self.send_response(200 if self.headers["Authorization"] == f"Basic {self.pair}" else 401)
        self.send_header("Content-Length", "0")
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


def test_a_refused_rotation_leaves_no_key_behind(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker, certificates: Certificates, api_port: int
) -> None:
    router = new_router()
    Api.pair = base64.b64encode(f"{router.router_id}:{router.key}".encode()).decode()
    url = f"wss://localhost:{api_port}/mqtt"
    router.identify(certificates.ca_pem, mqtt_port=broker.tls_port, websocket_url=url)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    refused_id = cloud.order(router.router_id, "rotate_key")  # the broker is never told of the key
    eventually("its hash", lambda: cloud.final(refused_id))
    eventually("it is forgotten", lambda: "key_not_taken" in router.log(), within_s=30)
    assert not (router.directory / "next-key").exists()
    eventually("connected by the old key", lambda: router.status()["link"]["state"] == "online")
    again_id = cloud.order(router.router_id, "rotate_key")
    again = eventually("another rotation", lambda: cloud.final(again_id))
    assert again.state is ResultState.SUCCEEDED
    broker.admit_hash(router.router_id, again.detail["key_hash"])
    eventually("the new key is the key", lambda: "key_rotated" in router.log(), within_s=30)
    assert json.loads((router.directory / "identity.json").read_text())["device_key"] != router.key
