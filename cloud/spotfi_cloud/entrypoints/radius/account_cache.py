"""Accounts for at most a second: a NAS that asks twice, or a storm of wrong passwords, costs one look-up."""

from collections import OrderedDict

from spotfi_cloud.access.rules import Account

_KEEP_S = 1.0
_MOST = 50_000


class AccountCache:
    """Accounts by user name; None for a name that does not exist. `now_s` is any monotonic clock's."""

    def __init__(self) -> None:
        self._accounts: OrderedDict[str, tuple[float, Account | None]] = OrderedDict()

    def find(self, username: str, now_s: float) -> tuple[bool, Account | None]:
        """(whether it is known, the account)."""
        known = self._accounts.get(username)
        return (False, None) if known is None or known[0] < now_s else (True, known[1])

    def keep(self, username: str, account: Account | None, read_at_s: float) -> None:
        """`read_at_s`: when the look-up began; what happened since is not in it."""
        self._accounts[username] = (read_at_s + _KEEP_S, account)
        self._accounts.move_to_end(username)
        while len(self._accounts) > _MOST:
            self._accounts.popitem(last=False)

    def forget(self, username: str) -> None:
        self._accounts.pop(username, None)

    def clear(self) -> None:
        self._accounts.clear()
