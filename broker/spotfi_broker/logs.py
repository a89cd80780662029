"""Logging of the broker's process: one line per event, in the form the cloud's roles write."""

import logging
import sys

import structlog

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(*, level: str) -> None:
    """JSON lines on stderr, readable ones where it is a terminal. amqtt's own records are not shown: it writes passwords
    at level debug and tracebacks for what any stranger can send."""
    readable = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_role,
            structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS.get(level.lower(), logging.INFO)),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("amqtt").disabled = True
    logging.getLogger("amqtt").propagate = False
    for name in ("amqtt.broker", "amqtt.mqtt", "amqtt.plugins", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _name_role(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {"role": "broker", **event}
