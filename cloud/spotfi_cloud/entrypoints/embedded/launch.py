"""Turns itself into another program, which then ends when its parent does. Run as a script, never imported.

    python -I -S launch.py PARENT_PID END_SIGNAL USER NEEDS PROGRAM [ARGUMENT…]

A step of its own between fork and exec, because what happens here (prctl, capabilities, dropping root) must not happen
in a forked copy of a process that has threads. Standard library only; Linux only (prctl(2), capabilities(7)).

USER is `-` or `uid:gid`, for a parent that is root and a program that refuses to be (PostgreSQL). The program then may lie
below folders that only root may enter, such as a clone in /root. No mode is ever widened for it: it gets the right to
read and enter everything (CAP_DAC_READ_SEARCH) as an ambient capability, only where it cannot reach the NEEDS (paths,
one a line) without, and CAP_DAC_OVERRIDE only where the program's own file is executable by root alone.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAPABILITY_VERSION_3 = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2
_LADDER = ((), (_DAC_READ_SEARCH,), (_DAC_READ_SEARCH, _DAC_OVERRIDE))
_CANNOT = 126

_libc = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    _checked(_libc.prctl(option, *padded))


def _become(user: str) -> None:
    """Give up root for good at the next exec; until then its capabilities may still be raised again.

    The secure bit keeps them over the change of user. It also stays, and makes access(2), by which PostgreSQL's programs look
    for each other, count the capabilities that are carried over; without it that asks what the bare user may.
    """
    uid, gid = map(int, user.split(":"))
    _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)
    os.setgroups([gid])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def _keep(capabilities: tuple[int, ...]) -> None:
    """Carry these capabilities, as far as we have them (containers lack some), and no others, through the exec."""
    header, sets = _Header(_CAPABILITY_VERSION_3, 0), (_Sets * 2)()
    _checked(_libc.capget(ctypes.byref(header), sets))
    carried = [each for each in capabilities if sets[0].permitted >> each & 1]
    sets[0].effective = sets[0].inheritable = sum(1 << each for each in carried)
    sets[1].effective = sets[1].inheritable = 0
    _checked(_libc.capset(ctypes.byref(header), sets))
    for each in carried:
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, each)


def _reachable(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    except PermissionError:
        return False
    return True


def _end_with_parent(parent: int, end_signal: int) -> None:
    """After every change of user, because that resets it."""
    _prctl(_PR_SET_PDEATHSIG, end_signal)
    if os.getppid() != parent:
        sys.exit(_CANNOT)  # the parent ended before we could ask to be told


def _launch(parent: int, end_signal: int, user: str, needs: list[str], command: list[str]) -> None:
    if user == "-":
        _end_with_parent(parent, end_signal)
        os.execv(command[0], command)  # noqa: S606 - the purpose of this script
    _become(user)
    _end_with_parent(parent, end_signal)
    for capabilities in _LADDER:
        _keep(capabilities)
        if all(map(_reachable, needs)):
            try:
                os.execv(command[0], command)  # noqa: S606 - the purpose of this script
            except PermissionError:
                continue
    sys.exit(f"{command[0]} cannot be run by user {user}: permission denied")


if __name__ == "__main__":
    try:
        _launch(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4].split("\n"), sys.argv[5:])
    except OSError as problem:
        sys.exit(f"cannot start {sys.argv[5]}: {problem}")
