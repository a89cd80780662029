"""`spotfi-broker`: the embedded broker. `spotfi-broker mosquitto`: Mosquitto, and who may connect to it."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import structlog
from amqtt.errors import BrokerError

from spotfi_broker import keeper, logs, settings
from spotfi_broker.access_list import AccessList
from spotfi_broker.embedded import EmbeddedBroker
from spotfi_broker.tls_files import await_tls_files

_log = structlog.get_logger(__name__)
EXIT_REFUSED = 2
_USAGE = "usage: spotfi-broker [mosquitto]"


class CannotServeError(Exception):
    """Why the broker cannot do its work, in one sentence."""


async def serve_embedded(configured: settings.Settings) -> None:
    """Run the embedded broker until cancelled."""
    await await_tls_files(configured)
    access = AccessList(configured.database_url, configured.mqtt_password)
    broker = EmbeddedBroker(configured, access)
    try:
        await broker.start()
    except BrokerError as error:
        msg = f"The broker's ports cannot be opened: {error}."
        raise CannotServeError(msg) from error
    _log.info("broker_started", mqtt_port=configured.mqtt_port, mqtt_tls_port=configured.mqtt_tls_port)
    try:
        await broker.follow_access()
    finally:
        await broker.shutdown()
        await access.close()
        _log.info("broker_stopped")


async def _until_told_to_stop(service: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_unexpected)
    task = asyncio.create_task(service)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return


def _log_unexpected(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _log.error("unexpected_error", message=context.get("message"), error=repr(context.get("exception")))


def main() -> None:
    arguments = sys.argv[1:]
    if arguments not in ([], ["mosquitto"]):
        sys.exit(_USAGE)
    try:
        configured = settings.load()
        logs.configure(level=configured.log_level)
        service = keeper.keep_mosquitto(configured) if arguments else serve_embedded(configured)
        asyncio.run(_until_told_to_stop(service))
    except (settings.SettingsError, CannotServeError) as error:
        sys.stderr.write(f"spotfi-broker: {error}\n")
        sys.exit(EXIT_REFUSED)
    except keeper.MosquittoEndedError as error:
        _log.error("mosquitto_ended", reason=str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
