"""Which way to try next, and how long to wait before. Pure: time and chance come from outside.

The primary is tried first. Once it has failed and nothing has been heard from the cloud for `fallback_after_s`, the
fallback gets its turn, then both in turns. While on the fallback a probe looks at the primary every `primary_retry_s`
(up to eight times as long when a return did not hold) and, when it answers, the link goes back.

Waits grow exponentially and are drawn from the whole range (full jitter), so a fleet that was cut off does not come back
in one moment. After a refusal the key is most likely revoked: waits grow to `revoked_retry_s` and say so.
"""

import random
from dataclasses import dataclass

from spotfi_agent.link.endpoint import Transport

_STEADY_S = 10.0
"""A connection that held this long was a good one."""
_HURRIED_TURNS = 4
"""So many times the fallback is tried without a long wait before it; after that there is no hurry any more."""
_MOST_DOUBLINGS = 16
_LONGEST_RETRY_FACTOR = 8
_FIRST_REFUSED_WAIT_S = 15.0


@dataclass(frozen=True, slots=True)
class Pace:
    """The times of the link, in seconds."""

    fallback_after_s: float = 20
    primary_retry_s: float = 60
    backoff_first_s: float = 2
    backoff_most_s: float = 120
    revoked_retry_s: float = 300


class Route:
    """Decides; told what happened and when (`now_s`, monotonic seconds)."""

    def __init__(self, pace: Pace, chance: random.Random, now_s: float) -> None:
        self._pace = pace
        self._chance = chance
        self._alive_s = now_s
        self._home = Transport.MQTT
        self._last_tried = Transport.MQTT
        self._failures = 0
        self._fallback_turns = 0
        self._refusals = 0
        self._returning = False
        self._has_returned = False
        self._retry_factor = 1
        self._wait_s = 0.0

    @property
    def is_refused(self) -> bool:
        return self._refusals > 0

    def choose(self, now_s: float) -> tuple[Transport, float]:
        """What to try next, and the seconds to wait before."""
        self._last_tried = self._pick(now_s)
        self._fallback_turns += self._last_tried is Transport.WEBSOCKET
        return self._last_tried, self._wait_s

    def connected(self, transport: Transport, now_s: float) -> None:
        self._has_returned, self._returning = self._returning, False
        self._home = transport
        self._alive_s = now_s
        self._refusals = 0

    def lost(self, held_s: float, alive_s: float) -> None:
        """A connection ended that had held so long and gave its last sign of life then."""
        self._alive_s = max(self._alive_s, alive_s)
        if held_s >= _STEADY_S:
            self._failures = self._fallback_turns = 0
            self._retry_factor = 1 if self._home is Transport.MQTT else self._retry_factor
            self._wait_s = self._chance.uniform(0, self._pace.backoff_first_s)
        elif self._has_returned:
            self._home = Transport.WEBSOCKET
            self._put_off_return()
        else:
            self._back_off()

    def failed(self, now_s: float) -> None:
        """An attempt came to nothing."""
        if self._returning:
            self._put_off_return()
            return
        self._back_off()
        if self._failures == 1:
            self._wait_s = min(self._wait_s, self._chance.uniform(0, 1))
        elif self._last_tried is Transport.MQTT and self._fallback_turns < _HURRIED_TURNS:
            due_in_s = max(0.0, self._alive_s + self._pace.fallback_after_s - now_s)
            self._wait_s = min(self._wait_s, due_in_s + self._chance.uniform(0, 1))

    def refused(self) -> None:
        """The broker knows us and does not want us, or says the key is wrong."""
        self._returning = False
        self._refusals += 1
        longest_s = min(self._pace.revoked_retry_s, _FIRST_REFUSED_WAIT_S * 2 ** min(self._refusals, _MOST_DOUBLINGS))
        self._wait_s = self._chance.uniform(longest_s / 2, longest_s)

    def revoked(self) -> None:
        """The cloud said so itself: the coming refusal and those after it are not worth hurrying for."""
        self._refusals = _MOST_DOUBLINGS

    def go_back(self) -> None:
        """The primary answers again: try it at once."""
        self._returning = True
        self._wait_s = 0

    def probe_wait_s(self) -> float:
        """Seconds until the primary is looked at again; the fleet does not look in step."""
        return self._pace.primary_retry_s * self._retry_factor * self._chance.uniform(0.9, 1.1)

    def _pick(self, now_s: float) -> Transport:
        if self._returning:
            return Transport.MQTT
        if self._failures == 0:
            return self._home
        if self._home is Transport.WEBSOCKET or now_s - self._alive_s >= self._pace.fallback_after_s:
            return Transport.MQTT if self._last_tried is Transport.WEBSOCKET else Transport.WEBSOCKET
        return Transport.MQTT

    def _put_off_return(self) -> None:
        self._returning = self._has_returned = False
        self._retry_factor = min(self._retry_factor * 2, _LONGEST_RETRY_FACTOR)
        self._wait_s = 0

    def _back_off(self) -> None:
        self._failures += 1
        doublings = min(self._failures - 1, _MOST_DOUBLINGS)
        longest_s = min(self._pace.backoff_most_s, self._pace.backoff_first_s * 2**doublings)
        self._wait_s = self._chance.uniform(0, longest_s)
