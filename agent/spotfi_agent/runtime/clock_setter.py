"""Sets the router's clock by the cloud's when it is so far behind that TLS fails (see spotfi_agent.cloud_time)."""

import logging
import time

from spotfi_agent.cloud_time import ask_time
from spotfi_agent.commands import program
from spotfi_agent.link.endpoint import Endpoint
from spotfi_agent.log_lines import field

_log = logging.getLogger(__name__)

_TIMEOUT_S = 10.0
_PAUSE_S = 30.0


class ClockSetter:
    """Called in the link's thread, between two attempts to connect; tries at most every half minute."""

    def __init__(self, api: Endpoint, ca_pem: str, clock_command: str) -> None:
        self._api = api
        self._ca_pem = ca_pem
        self._clock_command = clock_command
        self._due_s = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._due_s:
            return
        self._due_s = time.monotonic() + _PAUSE_S
        try:
            told_s = self._ask()
            words = [word.replace("{seconds}", str(told_s)) for word in program.split_words(self._clock_command)]
            finished = program.run(words, timeout_s=_TIMEOUT_S)
        except (OSError, ValueError, program.ProgramError) as error:
            _log.warning("clock_not_set reason=%s", field(error))
            return
        if finished.exit_status == 0:
            _log.warning("clock_set by=cloud seconds=%d", told_s)
        else:
            _log.warning("clock_not_set reason=%s", field(finished.said))

    def _ask(self) -> int:
        told_s = ask_time(self._api.host, self._api.port, self._ca_pem)
        if told_s <= time.time():
            msg = "the time the cloud tells is not to be believed: it is behind this router's"
            raise OSError(msg)
        return told_s
