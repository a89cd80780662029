"""What keeps `spotfi up` from starting is one sentence that names the variable to change, and exit status 2."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from spotfi_cloud.entrypoints.embedded.data_folder import holding
from spotfi_cloud.entrypoints.embedded.ports import check_ports, settle_radsec
from spotfi_cloud.entrypoints.settings import Settings, SettingsError

SPOTFI = Path(sys.executable).with_name("spotfi")


@contextmanager
def taken(kind: socket.SocketKind) -> Iterator[int]:
    """A port of this machine that somebody else uses."""
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        yield other.getsockname()[1]


def free_settings(data_dir: Path) -> Settings:
    """Settings whose ports nobody uses; none of them can be handed out twice while they are looked for."""
    names = (
        "http_port",
        "https_port",
        "mqtt_port",
        "mqtt_tls_port",
        "radius_auth_port",
        "radius_acct_port",
        "radsec_port",
    )
    kinds = [socket.SOCK_DGRAM if "radius" in name else socket.SOCK_STREAM for name in names]
    found = [socket.socket(socket.AF_INET, kind) for kind in kinds]
    for each in found:
        each.bind(("127.0.0.1", 0))
    ports = {name: each.getsockname()[1] for name, each in zip(names, found, strict=True)}
    for each in found:
        each.close()
    return Settings(data_dir=data_dir, **ports)


def spotfi(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPOTFI_")}
    return subprocess.run([SPOTFI, *arguments], env=inherited | variables, capture_output=True, text=True, check=False)


def assert_one_sentence(refused: "subprocess.CompletedProcess[str]", *parts: str) -> None:
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    for part in parts:
        assert part in refused.stderr


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (socket.SOCK_STREAM, "http_port"),
        (socket.SOCK_STREAM, "https_port"),
        (socket.SOCK_STREAM, "mqtt_port"),
        (socket.SOCK_STREAM, "mqtt_tls_port"),
        (socket.SOCK_DGRAM, "radius_auth_port"),
        (socket.SOCK_DGRAM, "radius_acct_port"),
    ],
)
def test_a_taken_port_is_named_with_its_variable(tmp_path: Path, kind: socket.SocketKind, field: str) -> None:
    with taken(kind) as port:
        settings = free_settings(tmp_path).changed(**{field: port})
        with pytest.raises(SettingsError, match=f"port {port} .*SPOTFI_{field.upper()}"):
            check_ports(settings, broker=True)


def test_the_same_port_for_two_things_is_found(tmp_path: Path) -> None:
    settings = free_settings(tmp_path)
    with pytest.raises(SettingsError, match="SPOTFI_MQTT_PORT"):
        check_ports(settings.changed(mqtt_port=settings.http_port), broker=True)


def test_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SPOTFI_HTTP_HOST"):
        check_ports(free_settings(tmp_path).changed(http_host="192.0.2.1"), broker=True)


def test_free_ports_pass_and_stay_free(tmp_path: Path) -> None:
    settings = free_settings(tmp_path)
    check_ports(settings, broker=True)
    check_ports(settings, broker=True)


def test_the_command_refuses_a_taken_port(tmp_path: Path) -> None:
    with taken(socket.SOCK_STREAM) as port:
        environ = free_settings(tmp_path).changed(https_port=port).as_environ()
        assert_one_sentence(spotfi("up", **environ), str(port), "SPOTFI_HTTPS_PORT")


def test_the_command_refuses_an_unknown_variable() -> None:
    assert_one_sentence(spotfi("up", SPOTFI_HTP_PORT="80"), "SPOTFI_HTP_PORT", "SPOTFI_HTTP_PORT")


def test_the_command_refuses_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert_one_sentence(spotfi("up", SPOTFI_DATA_DIR=str(tmp_path / "file" / "data")), "SPOTFI_DATA_DIR")


def test_the_command_refuses_a_data_folder_another_one_runs_on(tmp_path: Path) -> None:
    with holding(tmp_path):
        assert_one_sentence(spotfi("up", SPOTFI_DATA_DIR=str(tmp_path)), "already runs", str(os.getpid()))
    with holding(tmp_path):
        pass


def test_commands_that_need_a_running_database_say_so(tmp_path: Path) -> None:
    assert_one_sentence(spotfi("db", "status", SPOTFI_DATA_DIR=str(tmp_path)), "not running", "spotfi up")


def test_a_role_names_what_it_lacks(tmp_path: Path) -> None:
    url = {"SPOTFI_DATA_DIR": str(tmp_path), "SPOTFI_DATABASE_URL": "postgresql:///x"}
    assert_one_sentence(spotfi("run", "api", **url), "SPOTFI_SECRET_KEY")
    assert_one_sentence(spotfi("run", "cook", **url), "cook", "radius")


def test_radsec_steps_back_where_its_usual_port_is_taken_and_nobody_asked_for_it(tmp_path: Path) -> None:
    with taken(socket.SOCK_STREAM) as port:
        asked_for = free_settings(tmp_path).changed(radsec_port=port)
        assert settle_radsec(asked_for).radsec_port == port
        usual = asked_for.model_copy()
        usual.model_fields_set.discard("radsec_port")
        assert settle_radsec(usual).radsec_port == 0
