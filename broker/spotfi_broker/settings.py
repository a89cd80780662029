"""The broker's settings, from the same `SPOTFI_…` variables the supervisor and the compose file give to every role."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsError(Exception):
    """A variable is missing or does not fit: one sentence for people."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the broker needs to know. Paths are absolute."""

    database_url: str
    mqtt_password: str
    """Of the user `spotfi-cloud`."""
    mqtt_host: str
    """Where the listener without TLS is bound: loopback, or a network only the cloud's own processes are in."""
    mqtt_port: int
    mqtt_tunnel_port: int
    """Mosquitto only: without TLS as well, but for routers, whose bytes `api` passes on from its WebSocket."""
    mqtt_tls_host: str
    mqtt_tls_port: int
    tls_cert_file: Path
    tls_key_file: Path
    data_dir: Path
    log_level: str

    def __repr__(self) -> str:
        return f"Settings(mqtt_port={self.mqtt_port}, mqtt_tls_port={self.mqtt_tls_port}, …)"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the variables (of this process where none are given); an empty one counts as not set."""
    given = {name: value for name, value in (os.environ if environ is None else environ).items() if value.strip()}
    data_dir = Path(given.get("SPOTFI_DATA_DIR", ".spotfi")).expanduser().absolute()
    return Settings(
        database_url=_required(given, "SPOTFI_DATABASE_URL", "where the routers' keys are kept"),
        mqtt_password=_required(given, "SPOTFI_MQTT_PASSWORD", "the broker's password for the cloud"),
        mqtt_host=given.get("SPOTFI_MQTT_HOST", "127.0.0.1"),
        mqtt_port=_port(given, "SPOTFI_MQTT_PORT", 1883),
        mqtt_tunnel_port=_port(given, "SPOTFI_MQTT_TUNNEL_PORT", 1884),
        mqtt_tls_host=given.get("SPOTFI_MQTT_TLS_HOST", "0.0.0.0"),  # noqa: S104 - routers come from anywhere; TLS only
        mqtt_tls_port=_port(given, "SPOTFI_MQTT_TLS_PORT", 8883),
        tls_cert_file=_path(given, "SPOTFI_TLS_CERT_FILE", data_dir / "tls" / "server.pem"),
        tls_key_file=_path(given, "SPOTFI_TLS_KEY_FILE", data_dir / "tls" / "server.key"),
        data_dir=data_dir,
        log_level=given.get("SPOTFI_LOG_LEVEL", "info"),
    )


def _required(given: Mapping[str, str], variable: str, what: str) -> str:
    if variable not in given:
        msg = f"{variable} is not set; it is {what}."
        raise SettingsError(msg)
    return given[variable]


def _port(given: Mapping[str, str], variable: str, default: int) -> int:
    text = given.get(variable, str(default))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535):
        msg = f"{variable} ('{text}') does not fit: it must be a port, 1 to 65535."
        raise SettingsError(msg)
    return int(text)


def _path(given: Mapping[str, str], variable: str, default: Path) -> Path:
    return Path(given.get(variable, default)).expanduser().absolute()
