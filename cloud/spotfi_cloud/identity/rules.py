"""Who staff are: roles and the signed-in principal. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a staff account may do."""

    ADMIN = "admin"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Principal:
    """The staff account behind a request. `host_id` is set for a Host and None for an Admin."""

    account_id: UUID
    role: Role
    host_id: UUID | None

    def __post_init__(self) -> None:
        check_role_and_host(self.role, self.host_id)


def check_role_and_host(role: Role, host_id: UUID | None) -> None:
    """ValueError unless a Host has a host and an Admin has none."""
    if (role is Role.HOST) != (host_id is not None):
        msg = "a Host belongs to one host and an Admin to none"
        raise ValueError(msg)


def normal_email(email: str) -> str:
    """The form in which e-mail addresses are stored and compared."""
    return email.strip().lower()
