"""Messages from the cloud, decoded and handed to whom they concern. What does not fit the contract is counted, not obeyed."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from spotfi_agent.log_lines import field
from spotfi_protocol.codec import decode
from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.topics import Down, parse_down

_log = logging.getLogger(__name__)

_LOG_EVERY = 100


Taker = Callable[[dict[str, Any]], None]


class Inbound:
    """Gives each message's body to the taker of its kind, which may raise ProtocolError as well."""

    def __init__(self, router_id: UUID, takers: dict[Down, Taker]) -> None:
        self._router_id = router_id
        self._takers = takers
        self.dropped = 0

    def take(self, topic: str, payload: bytes) -> None:
        try:
            router_id, kind = parse_down(topic)
            if router_id != self._router_id:
                msg = "a message for another router"
                raise ProtocolError(msg)
            self._takers[kind](decode(payload))
        except ProtocolError as error:
            self.drop(str(error))

    def drop(self, reason: str) -> None:
        self.dropped += 1
        if self.dropped % _LOG_EVERY == 1:
            _log.warning("message_dropped count=%d reason=%s", self.dropped, field(reason))
