"""Which kinds of command this router carries out."""

from collections.abc import Iterable

from spotfi_agent.commands.order import Handler


class Registry:
    """Handlers by kind."""

    def __init__(self, handlers: Iterable[Handler]) -> None:
        self._handlers = {handler.kind: handler for handler in handlers}

    def find(self, kind: str) -> Handler | None:
        return self._handlers.get(kind)

    def __str__(self) -> str:
        return ", ".join(sorted(self._handlers))
