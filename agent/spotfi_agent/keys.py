"""The router's key to the cloud, and while it is being replaced the next one beside it.

The next key is on flash before the cloud hears of it, and the old one stays until the next has been accepted once; so whatever
moment the power is cut at, one of the two opens. Each attempt to connect takes the key that was not refused last.

The cloud may have decided against the next key (a newer enrolment, say). It is forgotten only on the API's own word that the
old one still is the router's, given after the cloud has acted on the next: a broker alone may just not have heard of it yet.
"""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from spotfi_agent.identity import save_identity, write_privately
from spotfi_agent.places import Places
from spotfi_protocol.device_keys import generate_device_key
from spotfi_protocol.enrolment import EnrolmentGrant

_log = logging.getLogger(__name__)


class KeyRing:
    """For several threads."""

    def __init__(self, places: Places, identity: EnrolmentGrant, is_current: Callable[[str], bool]) -> None:
        """`is_current` asks the API whether it accepts this key."""
        self._places = places
        self._identity = identity
        self._mutex = threading.Lock()
        self._next, self.command_id = _load(places)
        self._tries_next = self._next is not None
        self._is_current = is_current
        self._is_told = False
        self._is_refused = False
        self._refusals = 0
        """In a row."""

    @property
    def current(self) -> str:
        """The key for the next attempt, or for the API."""
        with self._mutex:
            return self._next if self._next is not None and self._tries_next else self._identity.device_key

    def propose(self, command_id: UUID) -> str | None:
        """Make a next key for this command and keep it on flash; None while an earlier one waits to be used.

        OSError when the flash does not take it.
        """
        with self._mutex:
            if self._next is not None:
                return None
            key = generate_device_key()
            body = json.dumps({"device_key": key, "command_id": str(command_id)})
            write_privately(self._places.next_key, body)
            self._next, self.command_id, self._tries_next = key, command_id, False
            self._is_told = self._is_refused = False
            self._refusals = 0
            return key

    def use_next(self) -> bool:
        """The cloud has acted on the next key: try it first from here on. False where it is the key already."""
        with self._mutex:
            self._tries_next = self._is_told = self._next is not None
            return self._tries_next

    def refused(self) -> bool:
        """The key was not accepted; whether there is another to try that was not refused just before."""
        with self._mutex:
            was_next, self._tries_next = self._tries_next, not self._tries_next and self._next is not None
            self._is_refused = self._is_refused or was_next
            self._refusals += 1
            return self._next is not None and self._refusals % 2 == 1

    def accepted(self, key: str) -> None:
        """This key opened. The next one thereby becomes the key, or may turn out to be none."""
        with self._mutex:
            self._refusals = 0
            if key == self._next:
                self._take_over(key)
                return
            self._tries_next = self._next is not None  # on the next connection; the cloud may know it by then
            is_doubted = self._tries_next and self._is_told and self._is_refused
        if is_doubted and self._is_current(key):
            _log.warning("key_not_taken command_id=%s", self.command_id)
            self._forget_next()

    def _take_over(self, key: str) -> None:
        self._identity = replace(self._identity, device_key=key)
        try:
            save_identity(self._places.identity, self._identity)
            self._places.next_key.unlink(missing_ok=True)
        except OSError as error:
            _log.error("key_not_saved error=%s", error.strerror)  # it is on flash as the next one, so nothing is lost
            return
        self._next, self.command_id, self._tries_next = None, None, False
        _log.info("key_rotated")

    def _forget_next(self) -> None:
        with self._mutex:
            self._places.next_key.unlink(missing_ok=True)
            self._next, self.command_id, self._tries_next = None, None, False

    def recall(self, interrupted: set[UUID], unconfirmed: set[UUID]) -> None:
        """After a start: of these commands the first were interrupted before the cloud could hear of their key, and of the
        others it has not confirmed the result.
        """
        if self.command_id in interrupted:
            self._forget_next()
        self._is_told = self._next is not None and self.command_id not in unconfirmed


def _load(places: Places) -> tuple[str | None, UUID | None]:
    try:
        body = json.loads(places.next_key.read_bytes())
        return str(body["device_key"]), UUID(body["command_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, None
