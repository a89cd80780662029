"""`rotate_key`: makes this router a new key. Only its hash leaves the router, in the result; see spotfi_agent.keys."""

from collections.abc import Callable
from uuid import UUID

from spotfi_agent.commands.order import Order, Outcome, Output, failed, succeeded
from spotfi_protocol.device_keys import hash_device_key

KIND = "rotate_key"


class RotateKeyHandler:
    """`propose` makes and keeps the new key, or gives None while one waits for its first use."""

    kind = KIND
    lane = "keys"
    limit_s = 30.0

    def __init__(self, propose: Callable[[UUID], str | None]) -> None:
        self._propose = propose

    def run(self, order: Order, output: Output) -> Outcome | None:
        try:
            key = self._propose(order.command.command_id)
        except OSError as error:
            return failed(f"The new key cannot be kept: {error.strerror}.")
        if key is None:
            return failed("An earlier new key has not been used yet; wait until the router has connected again.")
        return succeeded("The router has a new key.", key_hash=hash_device_key(key))
