"""The certificate and key the broker serves TLS with. Somebody else makes them, perhaps a moment after the broker starts."""

import asyncio
import os

import structlog

from spotfi_broker.settings import Settings

_log = structlog.get_logger(__name__)
_LOOK_AGAIN_S = 0.5


async def await_tls_files(settings: Settings) -> None:
    """Return once both files can be read."""
    missing = _missing(settings)
    if missing:
        _log.warning("tls_files_awaited", missing=missing)
    while missing:
        await asyncio.sleep(_LOOK_AGAIN_S)
        missing = _missing(settings)


def _missing(settings: Settings) -> list[str]:
    return [str(path) for path in (settings.tls_cert_file, settings.tls_key_file) if not os.access(path, os.R_OK)]
