"""Whether the ports an installation needs are free, found out before anything is started."""

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import structlog

from spotfi_cloud.entrypoints.settings import Settings, SettingsError, variable_of

_log = structlog.get_logger(__name__)
_TCP, _UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
_WORDS = {
    errno.EADDRINUSE: "is already taken; stop what uses it, or set {port} to another one",
    errno.EACCES: "may not be opened by this user; set {port} to one above 1023",
    errno.EADDRNOTAVAIL: "cannot be opened, as {host} is no address of this machine",
}


def settle_radsec(settings: Settings) -> Settings:
    """The settings, with RadSec off where nobody asked for a port and the usual one is taken: UDP is enough for most."""
    if not settings.radsec_port or "radsec_port" in settings.model_fields_set:
        return settings
    try:
        _open(_TCP, settings, "radius_host", "radsec_port").close()
    except SettingsError as error:
        _log.warning("radsec_off", reason=error.message)
        return settings.changed(radsec_port=0)
    return settings


def check_ports(settings: Settings, *, broker: bool) -> None:
    """SettingsError naming the first port that cannot be opened, and the variable that changes it.

    All are held together for a moment, so two settings with the same port are found as well.
    """
    with ExitStack() as held:
        for kind, host_field, port_field in _needed(settings, broker=broker):
            held.enter_context(_open(kind, settings, host_field, port_field))


def _needed(settings: Settings, *, broker: bool) -> Iterator[tuple[socket.SocketKind, str, str]]:
    yield _TCP, "http_host", "http_port"
    yield _TCP, "https_host", "https_port"
    yield _UDP, "radius_host", "radius_auth_port"
    yield _UDP, "radius_host", "radius_acct_port"
    if settings.radsec_port:
        yield _TCP, "radius_host", "radsec_port"
    if broker:
        yield _TCP, "mqtt_host", "mqtt_port"
        yield _TCP, "mqtt_tls_host", "mqtt_tls_port"


def _open(kind: socket.SocketKind, settings: Settings, host_field: str, port_field: str) -> socket.socket:
    host, port = getattr(settings, host_field), getattr(settings, port_field)
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
        opened = socket.socket(family, kind)
    except OSError as error:
        msg = f"{variable_of(host_field)} ('{host}') does not fit: {error.strerror or error}."
        raise SettingsError(msg, field=variable_of(host_field)) from None
    try:
        if kind is _TCP:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: old connections may linger
        opened.bind(address)
        if kind is _TCP:
            opened.listen()  # with SO_REUSEADDR two may bind, but only one may listen
    except OSError as error:
        opened.close()
        raise _refusal(error, kind, settings, host_field, port_field) from None
    return opened


def _refusal(
    error: OSError, kind: socket.SocketKind, settings: Settings, host_field: str, port_field: str
) -> SettingsError:
    words = _WORDS.get(error.errno or 0, "cannot be opened ({reason}); set {port} to another one")
    why = words.format(port=variable_of(port_field), host=variable_of(host_field), reason=error.strerror)
    name = f"{'TCP' if kind is _TCP else 'UDP'} port {getattr(settings, port_field)}"
    return SettingsError(f"{name} {why}.", field=variable_of(port_field))
