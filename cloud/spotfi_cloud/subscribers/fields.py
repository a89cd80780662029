"""Field types of subscribers: what a name, a password, an instant and a note may be. Pure."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, SecretStr, StringConstraints

from spotfi_cloud.storage.bodies import printable, within_bytes

# RFC 2865 §5.1 and §5.2: an attribute holds 253 bytes, a PAP password 128.
_USERNAME_BYTES = 253
_PASSWORD_BYTES = 128
_fits_pap = within_bytes(_PASSWORD_BYTES)


def _fits_radius(password: SecretStr) -> SecretStr:
    printable(_fits_pap(password.get_secret_value()))
    return password


def _untrimmed(text: str) -> str:
    if text != text.strip():
        msg = "it must not begin or end with a space"
        raise ValueError(msg)
    return text


Username = Annotated[
    str,
    StringConstraints(min_length=1, max_length=_USERNAME_BYTES),
    AfterValidator(within_bytes(_USERNAME_BYTES)),
    AfterValidator(printable),
    AfterValidator(_untrimmed),
    Field(examples=["ada@central"]),
]
Password = Annotated[SecretStr, Field(min_length=1, examples=["correct horse"]), AfterValidator(_fits_radius)]


_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Instant = Annotated[AwareDatetime, Field(ge=_EARLIEST, lt=_LATEST, examples=["2026-12-31T12:00:00Z"])]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(printable)]
