"""How the passwords of a plan's subscribers are kept."""

from enum import StrEnum


class PasswordStorage(StrEnum):
    """Sealed ones can be opened with the installation's secret key, which CHAP and MS-CHAP need; a hash cannot, by anybody."""

    SEALED = "sealed"
    ARGON2ID = "argon2id"
