"""The link's thread: dials, serves, waits, and dials again, the way `route` says."""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spotfi_agent.cloud_time import is_too_early
from spotfi_agent.link.endpoint import Endpoint, Transport
from spotfi_agent.link.events import Disconnected, Listener
from spotfi_agent.link.paho import Credentials
from spotfi_agent.link.path import ConnectionPath
from spotfi_agent.link.route import Pace, Route
from spotfi_agent.link.session import OversizeError, RefusedError, Session, Times
from spotfi_agent.link.watch import PrimaryWatch
from spotfi_protocol.topics import Up

_log = logging.getLogger(__name__)

_RECENT_S = 300
_MOST_LOSSES_KEPT = 32

NewConnection = Callable[[], tuple[int, bytes]]
"""The number of the next connection, and the last will the broker keeps for it."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """For people: `offline`, `online`, `refused` (the key is not accepted) and why."""

    state: str
    transport: str
    since_s: float
    reason: str


class Link:
    """Keeps one connection. Start it once; `publish` and `close` are for the runtime's thread."""

    def __init__(
        self,
        endpoints: dict[Transport, Endpoint],
        credentials: Credentials,
        listener: Listener,
        new_connection: NewConnection,
        *,
        pace: Pace,
        times: Times,
        set_clock: Callable[[], None],
    ) -> None:
        self._endpoints = endpoints
        self._credentials = credentials
        self._listener = listener
        self._new_connection = new_connection
        self._times = times
        self._set_clock = set_clock
        self._route = Route(pace, random.SystemRandom(), time.monotonic())
        self._session: Session | None = None
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._revoked = threading.Event()
        self._watch = PrimaryWatch(endpoints[Transport.MQTT], credentials.context, times.connect_timeout_s)
        self._is_noted = False
        self._fresh = False
        self._losses: deque[tuple[float, str]] = deque(maxlen=_MOST_LOSSES_KEPT)
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._state = LinkState("offline", "", time.monotonic(), "not tried yet")

    @property
    def state(self) -> LinkState:
        session = self._session
        if session is not None and session.is_connected:
            return LinkState("online", session.endpoint.transport, session.connected_at_s or 0, "")
        return self._state

    def losses(self, now_s: float) -> dict[str, Any]:
        """How often a connection that stood was lost of late, and why the last one was."""
        recent = [reason for at_s, reason in tuple(self._losses) if now_s - at_s <= _RECENT_S]
        return {"losses": len(recent), "lost_reason": recent[-1] if recent else ""}

    def start(self) -> None:
        self._thread.start()

    def publish(self, kind: Up, payload: bytes) -> tuple[int, int] | None:
        """Hand a message to the broker (QoS 1); a token for `Delivered`, or None when there is no connection."""
        session = self._session
        return None if session is None else session.publish(kind, payload)

    def path(self) -> ConnectionPath | None:
        """What the kernel knows of the way to the cloud; None while there is no connection."""
        session = self._session
        return None if session is None else session.path()

    def drop(self, reason: str) -> None:
        """End a connection that does not work any more; the next is dialled as after any loss."""
        if session := self._session:
            session.end(reason)

    def hurry(self) -> None:
        """Dial now instead of waiting out the pause: the network has just come up. Does nothing while connected."""
        if self._session is None:
            self._wake.set()

    def revoke(self) -> None:
        """The cloud has revoked our key: hang up and come back slowly."""
        self._route.revoked()
        self._revoked.set()
        self.drop("the cloud revoked this router's key")

    def close(self, timeout_s: float) -> None:
        """Hang up in order and end the thread."""
        self._stopping.set()
        self._wake.set()
        if session := self._session:
            session.end()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            transport, wait_s = self._route.choose(time.monotonic())
            self._wake.wait(wait_s)
            self._wake.clear()
            if self._stopping.is_set():
                return
            self._connect_once(self._endpoints[transport])

    def _connect_once(self, endpoint: Endpoint) -> None:
        connection, last_will = self._new_connection()
        session = Session(endpoint, self._credentials, self._listener, connection, self._times, fresh=self._fresh)
        session.set_last_will(last_will)
        self._session, self._fresh = session, False
        reason = "ended"
        try:
            session.run(lambda: self._look_around(session))
        except RefusedError as error:
            reason = str(error)
            if self._credentials.keys.refused():
                self._wake.set()  # with the key that was not refused, and at once
            else:
                self._revoked.set()
        except OversizeError as error:
            reason, self._fresh = str(error), True  # a broker that kept it for us would send it again and again
        except OSError as error:
            reason = str(error) or type(error).__name__
            if is_too_early(error):
                self._set_clock()
        except Exception as error:  # noqa: BLE001 - whatever a broker makes paho do, the router must dial again
            _log.exception("link_crashed")
            reason = f"what the broker sends is no MQTT ({error!r})"
        self._after(session, reason)

    def _look_around(self, session: Session) -> None:
        """Once a second, in the session's loop."""
        if session.connected_at_s is None:
            return
        is_fallback = session.endpoint.transport is Transport.WEBSOCKET
        if not self._is_noted:
            self._is_noted = True
            self._credentials.keys.accepted(session.key)
            self._route.connected(session.endpoint.transport, session.connected_at_s)
            if is_fallback:
                self._watch.begin(self._route.probe_wait_s())
        if is_fallback and self._watch.is_back(self._route.probe_wait_s()):
            _log.info("primary_is_back endpoint=%s", self._endpoints[Transport.MQTT])
            self._route.go_back()
            session.end()

    def _after(self, session: Session, reason: str) -> None:
        now_s = time.monotonic()
        self._session, self._is_noted = None, False
        self._state = LinkState("offline", session.endpoint.transport, now_s, reason)
        if self._revoked.is_set():
            self._revoked.clear()
            self._state = LinkState("refused", session.endpoint.transport, now_s, reason)
            self._route.refused()
        elif reason == "ended":
            pass
        elif session.connected_at_s is not None:
            self._losses.append((now_s, reason))
            self._route.lost(now_s - session.connected_at_s, session.alive_at_s)
        else:
            self._route.failed(now_s)
        self._listener(Disconnected(session.endpoint.transport, reason, session.connected_at_s is not None))
