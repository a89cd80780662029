"""Logging of a process, configured once: JSON lines where stderr goes to a program, readable where it is a terminal.

structlog's own events and the standard library's records (uvicorn, alembic, amqtt) come out in the same form.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_NOISY = ("uvicorn.access", "transitions", "websockets", "asyncio")


def configure(role: str, *, level: str = "info", stream: TextIO | None = None) -> None:
    """Set up logging for a process that plays the role (`api`, `worker`, …), which every line then names."""
    out = sys.stderr if stream is None else stream
    structlog.contextvars.clear_contextvars()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(role, readable=out.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(role: str, *, readable: bool) -> logging.Formatter:
    def name_role(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event.pop("color_message", None)  # uvicorn's second copy of its message
        return {"role": role, **event}

    foreign: list[Processor] = [*_SHARED, structlog.stdlib.ExtraAdder()]
    rendering: list[Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if readable
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=foreign,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, name_role, *rendering],
    )
