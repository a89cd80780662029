"""Bodies of subscribers. A password goes in and never comes out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from spotfi_cloud.storage.bodies import Flag, OnlyIfGiven, PatchBody, RequestBody, ResponseBody, printable, within_bytes

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


class SubscriberIn(RequestBody):
    """A new subscriber."""

    username: Username
    password: Password
    plan_id: UUID
    host_id: UUID | None = Field(None, description="Home host; null: the ISP's own or, from a Host, that Host's.")


class SubscriberPatch(PatchBody):
    """What may be changed about a subscriber. Null as `host_id` makes it the ISP's own (Admin)."""

    username: Annotated[Username, OnlyIfGiven]
    password: Annotated[Password, OnlyIfGiven]
    plan_id: Annotated[UUID, OnlyIfGiven]
    host_id: Annotated[UUID | None, OnlyIfGiven]
    disabled: Annotated[Flag, OnlyIfGiven]


class SubscriberOut(ResponseBody):
    """A subscriber as the API shows it."""

    id: UUID
    username: str
    plan_id: UUID
    host_id: UUID | None
    disabled_at: datetime | None = Field(description="Since when it may not log in; null while it may.")
    created_at: datetime
