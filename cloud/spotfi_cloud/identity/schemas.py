"""Bodies of sign-in and staff accounts."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, StringConstraints

from spotfi_cloud.identity.rules import Role
from spotfi_cloud.storage.bodies import Flag, OnlyIfGiven, PatchBody, RequestBody, ResponseBody, printable


def _address(text: str) -> str:
    name, at, host = text.rpartition("@")
    if not (name and at and host) or any(character.isspace() for character in text):
        msg = "it is not an e-mail address"
        raise ValueError(msg)
    return printable(text)


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=3, max_length=254),
    AfterValidator(_address),
    Field(examples=["owner@example.com"]),
]
Password = Annotated[SecretStr, Field(min_length=10, max_length=200, examples=["a long enough one"])]


GivenHosts = Annotated[list[UUID], Field(max_length=1000)]


class AccessToken(ResponseBody):
    """An OAuth2 token response (RFC 6749 §5.1)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"access_token": "eyJhbGciOi…", "expires_in": 43200}]})

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the type's name, no secret
    expires_in: int = Field(description="Seconds from now until the token expires.")


class StaffAccountOut(ResponseBody):
    """A staff account as the API shows it."""

    id: UUID
    email: str
    role: Role
    host_id: UUID | None = Field(description="The host of a Host; null for everyone else.")
    host_ids: list[UUID] = Field(description="The hosts given to a Technician.", validation_alias="given_host_ids")
    disabled_at: datetime | None
    created_at: datetime


class StaffAccountIn(RequestBody):
    """A new staff account."""

    email: Email
    password: Password
    role: Role
    host_id: UUID | None = Field(None, description="Required for a Host, null for everyone else.")
    host_ids: GivenHosts = Field(default_factory=list, description="The hosts a Technician is to look after.")


class StaffAccountPatch(PatchBody):
    """What an Admin may change about an account."""

    password: Annotated[Password, OnlyIfGiven]
    host_ids: Annotated[GivenHosts, OnlyIfGiven]
    disabled: Annotated[Flag, OnlyIfGiven]
