"""How this process starts others: as children that never outlive it, if need be as another user."""

import os
import pwd
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCH = str(Path(__file__).with_name("launch.py"))


@dataclass(frozen=True, slots=True)
class User:
    """An account of this machine."""

    name: str
    uid: int
    gid: int


def user_of(uid: int) -> User | None:
    """The account with the number, if it has a name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid)


def user_named(name: str) -> User | None:
    try:
        return user_of(pwd.getpwnam(name).pw_uid)
    except KeyError:
        return None


def child_argv(
    command: Sequence[str | Path],
    *,
    end_signal: signal.Signals = signal.SIGTERM,
    user: User | None = None,
    needs: Sequence[Path] = (),
) -> list[str]:
    """Arguments that run the command (absolute path first) as a child of this process.

    The child gets `end_signal` when this process ends in whatever way. With `user` (only root may) it runs as that one, who is
    given the right to enter folders on the way to `needs` where the modes deny it.
    """
    # -I: nothing from the environment or the current folder; -S: the launcher needs no packages.
    launcher = [sys.executable, "-I", "-S", _LAUNCH, str(os.getpid()), str(int(end_signal))]
    account = f"{user.uid}:{user.gid}" if user else "-"
    return [*launcher, account, "\n".join(map(str, needs)), *map(str, command)]
