"""Sessions as a process knows them between batches: what it wrote last itself, to fold the next update on.

A hint and no more. A session is saved only where its row is still the one known here (`batch.save_sessions`); one that
somebody else has changed is from then on read before each batch, until it ends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from spotfi_cloud.sessions.rules import AccountingEvent, SessionState

_MOST = 100_000

SessionKey = tuple[int, str, str]
"""What tells sessions apart: router (its id as a number), session id of the NAS, user name. Two NAS may use one session id, and
one NAS may use it again for another guest. Sorts as the database sorts these columns."""


class Place(NamedTuple):
    """Where a guest is, as the NAS says; empty where it does not."""

    calling_station_id: str = ""
    called_station_id: str = ""
    framed_ip: str = ""
    nas_address: str = ""


@dataclass(slots=True)
class KnownSession:
    """A session as its row says, or will say once it is made. Not changed once made."""

    session_id: UUID
    subscriber_id: UUID | None
    state: SessionState
    place: Place
    version: str
    """Of the row; empty where it is to be made."""


@dataclass(slots=True)
class UsageDelta:
    """Bytes and seconds to add to one ledger row: (session, quarter of an hour)."""

    session_id: UUID
    quarter_start: datetime
    router_id: UUID
    host_id: UUID
    subscriber_id: UUID | None
    opens: bool
    """The session is new."""
    up_bytes: int = 0
    down_bytes: int = 0
    used_s: int = 0
    session_bytes: int = 0
    """What the NAS has counted in the session so far."""

    @property
    def total_bytes(self) -> int:
        return self.up_bytes + self.down_bytes


@dataclass(slots=True)
class TouchedSession:
    """What a batch makes of a session."""

    known: KnownSession
    state: SessionState
    place: Place
    last: AccountingEvent
    """The update of the batch that arrived last."""
    ended: bool = False
    """It was open, and the batch ends it."""
    deltas: list[UsageDelta] = field(default_factory=list)


class SessionMemory:
    """Bounded: beyond 100,000 sessions the oldest are forgotten, which costs a look-up and nothing else."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: dict[SessionKey, KnownSession] = {}
        self._doubtful: dict[SessionKey, None] = {}

    def __len__(self) -> int:
        return len(self._known)

    def find(self, key: SessionKey) -> KnownSession | None:
        return self._known.get(key)

    def is_doubtful(self, key: SessionKey) -> bool:
        """Whether others write this session too."""
        return key in self._doubtful

    def keep(self, written: Mapping[SessionKey, KnownSession]) -> None:
        """These have been committed. A session that ended is not spoken of again."""
        known, doubtful = self._known, self._doubtful
        for key, session in written.items():
            if session.state.ended_at is not None:
                known.pop(key, None)
                doubtful.pop(key, None)
            elif key not in doubtful:
                known[key] = session
        while len(known) > self._most:
            del known[next(iter(known))]

    def doubt(self, keys: Iterable[SessionKey]) -> None:
        """Somebody else has written these sessions."""
        for key in keys:
            self._known.pop(key, None)
            self._doubtful[key] = None
        while len(self._doubtful) > self._most:
            del self._doubtful[next(iter(self._doubtful))]


def key_of(event: AccountingEvent) -> SessionKey:
    return (event.router_id.int, event.acct_session_id, event.username)
