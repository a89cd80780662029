"""Latency and loss come from the kernel's own view of the link, and never go back."""

import socket

from spotfi_agent.link.path import ConnectionPath, PathMeter, read_path


def test_a_real_connection_tells_its_round_trip_and_segments() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        peer, _ = server.accept()
        for _ in range(3):
            client.sendall(b"ping")
            peer.recv(4)
            peer.sendall(b"pong")
            client.recv(4)
        path = read_path(7, client)
        peer.close()
    assert path is not None
    assert path.connection == 7
    assert 0 <= path.latency_ms < 1000
    assert path.sent >= 3
    assert path.resent <= path.sent


def test_no_socket_tells_nothing() -> None:
    closed = socket.socket()
    closed.close()
    assert read_path(1, closed) is None
    assert read_path(1, None) is None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as no_stream:
        assert read_path(1, no_stream) is None


def test_counts_go_on_over_connections_and_gaps() -> None:
    readings = [
        ConnectionPath(1, 20.0, 10, 1),
        ConnectionPath(1, 30.0, 15, 1),
        None,
        ConnectionPath(2, 40.0, 4, 2),
        ConnectionPath(2, 40.0, 6, 2),
    ]
    meter = PathMeter(iter(readings).__next__)
    assert [meter.read() for _ in readings] == [
        (20.0, 10, 1),
        (30.0, 15, 1),
        (None, 15, 1),
        (40.0, 19, 3),
        (40.0, 21, 3),
    ]
