"""Where Prometheus reads the metrics of a role that serves no HTTP otherwise: a small port of its own, off unless it is set."""

import structlog
from prometheus_client import REGISTRY, start_http_server

from spotfi_cloud.entrypoints.settings import SettingsError, variable_of

_log = structlog.get_logger(__name__)


def open_metrics_port(host: str, port: int, field: str) -> None:
    """Serve this process's metrics on a thread until the process ends; 0: not at all. `field`: the setting of the port.

    SettingsError where the port cannot be opened.
    """
    if not port:
        return
    try:
        start_http_server(port, host, REGISTRY)
    except OSError as error:
        variable = variable_of(field)
        why = error.strerror or str(error)
        msg = f"TCP port {port} on {host} cannot be opened for metrics: {why}; set {variable} to another one."
        raise SettingsError(msg, field=variable) from error
    _log.info("metrics_served", host=host, port=port)
