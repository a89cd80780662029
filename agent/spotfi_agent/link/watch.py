"""While the link is on the fallback: looks at the primary now and then, beside the link, and says when it is back."""

import logging
import ssl
import threading
import time

from spotfi_agent.link.endpoint import Endpoint
from spotfi_agent.link.probe import probe

_log = logging.getLogger(__name__)


class PrimaryWatch:
    """Probes in a thread of its own, one at a time, because a probe may hang where the link must not."""

    def __init__(self, primary: Endpoint, context: ssl.SSLContext, timeout_s: float) -> None:
        self._primary = primary
        self._context = context
        self._timeout_s = timeout_s
        self._due_s = 0.0
        self._answered = threading.Event()
        self._probing: threading.Thread | None = None

    def begin(self, wait_s: float) -> None:
        """The link has come onto the fallback; look in so many seconds."""
        self._answered.clear()
        self._due_s = time.monotonic() + wait_s

    def is_back(self, next_wait_s: float) -> bool:
        """Whether the primary has answered since `begin`. Starts the next look when it is due."""
        if self._answered.is_set():
            return True
        if time.monotonic() >= self._due_s and not (self._probing and self._probing.is_alive()):
            self._due_s = time.monotonic() + next_wait_s
            self._probing = threading.Thread(target=self._look, name="probe", daemon=True)
            self._probing.start()
        return False

    def _look(self) -> None:
        try:
            probe(self._primary, self._context, self._timeout_s)
        except OSError as error:
            _log.debug("primary_still_away error=%r", error)
        else:
            self._answered.set()
