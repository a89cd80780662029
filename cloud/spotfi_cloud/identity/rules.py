"""Who staff are and what they may do: roles, areas, the table of permissions, the signed-in principal. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from uuid import UUID


class Role(StrEnum):
    """What a staff account is."""

    ADMIN = "admin"
    SUPPORT = "support"
    TECHNICIAN = "technician"
    HOST = "host"


class Area(StrEnum):
    """What permissions are given for."""

    ROUTERS = "routers"
    GUESTS = "guests"
    PLANS = "plans"
    HOSTS = "hosts"
    MONEY = "money"
    SETTINGS = "settings"
    STAFF = "staff"
    AUDIT = "audit"
    TERMINALS = "terminals"
    ALERTS = "alerts"


class Right(IntEnum):
    """How much of an area; a greater one includes the lesser."""

    NONE = 0
    READ = 1
    WRITE = 2


_NO, _R, _W = Right.NONE, Right.READ, Right.WRITE
_COLUMNS = (
    Area.ROUTERS,
    Area.GUESTS,
    Area.PLANS,
    Area.HOSTS,
    Area.MONEY,
    Area.SETTINGS,
    Area.STAFF,
    Area.AUDIT,
    Area.TERMINALS,
    Area.ALERTS,
)
_TABLE = {
    #                  routers guests plans hosts money settings staff audit terminals alerts
    Role.ADMIN:       (_W,     _W,    _W,   _W,   _W,   _W,      _W,   _R,   _W,       _W),
    Role.SUPPORT:     (_W,     _W,    _R,   _R,   _NO,  _NO,     _NO,  _NO,  _NO,      _W),
    Role.TECHNICIAN:  (_W,     _NO,   _NO,  _R,   _NO,  _NO,     _NO,  _NO,  _W,       _R),
    Role.HOST:        (_W,     _W,    _W,   _W,   _R,   _NO,     _NO,  _NO,  _W,       _W),
}  # fmt: skip
PERMISSIONS: Mapping[Role, Mapping[Area, Right]] = MappingProxyType(
    {role: MappingProxyType(dict(zip(_COLUMNS, rights, strict=True))) for role, rights in _TABLE.items()}
)
"""What each role may do in each area, within the hosts it sees."""

ROLES_OF_HOSTS = frozenset({Role.HOST, Role.TECHNICIAN})
"""Roles that see the hosts they were given; the others see every host."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The staff account behind a request. `host_ids`: the hosts it sees, None: every one."""

    account_id: UUID
    role: Role
    host_ids: frozenset[UUID] | None
    session_id: UUID | None = None
    """The session the request's token belongs to, where it belongs to one."""
    key_rights: Mapping[Area, Right] | None = None
    """What the API key the request came with is good for; None: no API key."""

    def __post_init__(self) -> None:
        check_role_and_hosts(self.role, self.host_ids)

    @property
    def host_id(self) -> UUID | None:
        """The host of a Host, None for everyone else."""
        return next(iter(self.host_ids)) if self.role is Role.HOST and self.host_ids else None

    def may(self, area: Area, right: Right) -> bool:
        """Whether this much of the area is permitted."""
        return right <= self.right(area)

    def right(self, area: Area) -> Right:
        """How much of the area is permitted: to the role, and to the API key where there is one."""
        of_key = Right.WRITE if self.key_rights is None else self.key_rights.get(area, Right.NONE)
        return min(PERMISSIONS[self.role][area], of_key)


def check_role_and_hosts(role: Role, host_ids: frozenset[UUID] | None) -> None:
    """ValueError unless a Host has one host, a Technician some or none yet, and everyone else sees all."""
    if (role in ROLES_OF_HOSTS) != (host_ids is not None) or (role is Role.HOST and len(host_ids or ()) != 1):
        msg = "a Host belongs to one host, a Technician to those given, everyone else to none"
        raise ValueError(msg)


def normal_email(email: str) -> str:
    """The form in which e-mail addresses are stored and compared."""
    return email.strip().lower()


@dataclass(frozen=True, slots=True)
class Patience:
    """How failures slow down who fails: `free` are free, each further one doubles the wait, up to `longest_s`."""

    free: int
    longest_s: int

    def delay_s(self, failures: int) -> int:
        """Seconds to wait after so many failures in a row."""
        beyond = failures - self.free
        return 0 if beyond <= 0 else min(self.longest_s, 2 ** min(beyond, 30))


LOGIN_PATIENCE = Patience(free=5, longest_s=900)
"""For one account from one client address."""
ADDRESS_PATIENCE = Patience(free=30, longest_s=60)
"""For one client address, behind which there may be many people."""
