"""Strangers at the ports: nothing they send ends the broker, grows it, or leaves a traceback."""

import os
import random
import socket
import ssl
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.broker.conftest import make_tls_files
from tests.integration.broker.running import (
    CLOUD,
    CLOUD_PASSWORD,
    Client,
    RunningBroker,
    connect_packet,
    eventually,
    open_bare,
    up,
)

GARBAGE = [
    b"",
    b"\x00" * 100,
    b"\xff" * 100,
    b"\xf0\x00",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x10\xff\xff\xff\xff\xff",  # a length of five bytes
    b"\x10\xff\xff\xff\x7f" + b"x" * 1000,  # 256 MiB announced
    b"\x10\x02\x00\x04",  # cut short
    b"\x10\x0c\x00\x04MQTT\x04\xff\x00\x3c\x00\x00",  # every flag set, nothing behind them
    b"\x10\x0c\x00\x04MQTT\x05\x02\x00\x3c\x00\x00",  # MQTT 5 with fields of 3.1.1
    b"\x10\x0e\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x00",  # MQTT 3.1
    b"\x30\x05\x00\x01a\x00\x00",  # PUBLISH before CONNECT
    b"\x10\x0c\x00\x04MQTT\x04\xc2\x00\x3c\x00\x02\xff\xfe",  # a client id that is not UTF-8
]
AFTER_CONNECT = [
    b"\x30\xff\xff\xff\xff\xff",
    b"\x30\x05\x00\x03a/#x",  # a wildcard in a topic
    b"\x36\x05\x00\x01a\x00\x01",  # QoS 3
    b"\x30\x02\x00\x00",  # no topic
    b"\x30\x05\x00\x03\xff\xfe\xfd",
    b"\x82\x02\x00\x01",  # SUBSCRIBE to nothing
    b"\x82\x06\x00\x01\x00\x01a\x09",
    b"\x82\x05\x00\x01\x00\xff\x61",
    b"\x40\x00",
    b"\x20\x02\x00\x00",  # CONNACK from a client
    b"\x00\x00",
    b"\xf0\x00",
]


def _throw(bare: socket.socket, data: bytes) -> None:
    with bare, suppress(OSError):
        bare.settimeout(2)
        bare.sendall(data)
        bare.shutdown(socket.SHUT_WR)
        bare.recv(100)


def _still_serves(broker: RunningBroker) -> None:
    cloud = broker.cloud("still there")
    cloud.subscribe("spotfi/v1/#")
    assert cloud.publish("spotfi/v1/x/up/y", "ping")
    assert cloud.next_message().payload == b"ping"
    assert broker.process is not None
    assert broker.process.poll() is None


def test_garbage_is_dropped(broker: RunningBroker) -> None:
    chance = random.Random(1)
    for data in [*GARBAGE, *(chance.randbytes(chance.randrange(300)) for _ in range(60))]:
        for port in (broker.port, broker.tls_port):
            _throw(socket.create_connection(("127.0.0.1", port), 5), data)
    _still_serves(broker)


def test_broken_packets_of_a_client_end_its_connection_only(broker: RunningBroker) -> None:
    for data in AFTER_CONNECT:
        bare, answer = open_bare(broker, connect_packet(CLOUD, CLOUD_PASSWORD, client_id="broken"))
        assert answer == b"\x20\x02\x00\x00"
        _throw(bare, data)
    _still_serves(broker)


def test_an_oversized_message_ends_the_connection(broker: RunningBroker, router: Client) -> None:
    cloud = broker.cloud()
    cloud.subscribe("spotfi/v1/#")
    own = router.paho.username or ""
    assert router.publish(up(own), os.urandom(100 * 1024))
    assert len(cloud.next_message().payload) == 100 * 1024
    router.paho.publish(up(own), os.urandom(1024 * 1024), qos=1)
    eventually("its sender is disconnected", router.gone.is_set)
    assert cloud.receives_nothing()


def test_a_stranger_cannot_touch_a_session_by_its_client_id(broker: RunningBroker, router: Client) -> None:
    """Neither its subscriptions nor its last will, with or without a connection."""
    own = router.paho.username or ""
    ingest = broker.cloud(clean=False)
    ingest.subscribe("spotfi/v1/+/up/#")
    ingest.close()
    for user in ("spotfi-cloud", own, "nobody"):
        bare, answer = open_bare(broker, connect_packet(user, "wrong", client_id="ingest", will=(up(own), "x")))
        bare.close()
        assert answer[-1] == 5
    router.publish(up(own), "kept")
    assert broker.cloud(clean=False).next_message().payload == b"kept"


def test_tls_proves_who_the_broker_is(broker: RunningBroker, tmp_path: Path) -> None:
    foreign = make_tls_files(tmp_path)
    for ca, name in ((foreign.ca, "localhost"), (broker.tls.ca, "elsewhere.example")):
        context = ssl.create_default_context(cafile=str(ca))
        with (
            socket.create_connection(("127.0.0.1", broker.tls_port), 5) as bare,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            context.wrap_socket(bare, server_hostname=name)
    assert broker.client(CLOUD, CLOUD_PASSWORD).connect() == "Success"


def test_without_tls_only_loopback_is_served(broker: RunningBroker) -> None:
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", broker.port)) != 0
