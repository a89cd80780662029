"""Accounts for at most a second: a NAS that asks twice, or a storm of wrong passwords, costs one look-up."""

from spotfi_cloud.access.rules import Account

_KEEP_S = 1.0
_MOST = 50_000


class AccountCache:
    """Accounts by user name; None for a name that does not exist. `now_s` is any monotonic clock's."""

    def __init__(self) -> None:
        self._accounts: dict[str, tuple[float, Account | None]] = {}

    def find(self, username: str, now_s: float) -> tuple[bool, Account | None]:
        """(whether it is known, the account)."""
        known = self._accounts.get(username)
        return (False, None) if known is None or known[0] < now_s else (True, known[1])

    def keep(self, username: str, account: Account | None, read_at_s: float) -> None:
        """`read_at_s`: when the look-up began; what happened since is not in it."""
        accounts = self._accounts
        accounts[username] = (read_at_s + _KEEP_S, account)
        while len(accounts) > _MOST:
            del accounts[next(iter(accounts))]

    def forget(self, username: str) -> None:
        self._accounts.pop(username, None)

    def clear(self) -> None:
        self._accounts.clear()
