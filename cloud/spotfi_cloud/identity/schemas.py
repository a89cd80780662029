"""Bodies of sign-in and staff accounts."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, SecretStr, StringConstraints

from spotfi_cloud.identity.rules import Area, Role
from spotfi_cloud.storage.bodies import Flag, Name, OnlyIfGiven, PatchBody, RequestBody, ResponseBody, printable


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

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"access_token": "eyJhbGciOi…", "token_type": "bearer", "expires_in": 600, "refresh_token": "c2Vzc2…"}
            ]
        }
    )

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the type's name, no secret
    expires_in: int = Field(description="Seconds from now until the token expires.")
    refresh_token: str | None = Field(
        description="Good once, for the next pair of tokens at POST /auth/refresh; null where it went into a cookie."
    )


class StaffAccountOut(ResponseBody):
    """A staff account as the API shows it."""

    id: UUID
    email: str
    role: Role
    host_id: UUID | None = Field(description="The host of a Host; null for everyone else.")
    host_ids: list[UUID] = Field(description="The hosts given to a Technician.", validation_alias="given_host_ids")
    disabled_at: datetime | None
    created_at: datetime


class MeOut(StaffAccountOut):
    """One's own account, and what one may do with what one came with (an API key may less than its owner)."""

    # Its values come from a StaffAccountOut, under the field's own name.
    host_ids: list[UUID] = Field(description="The hosts given to a Technician.")
    rights: dict[Area, Literal["none", "read", "write"]]
    second_factor: bool = Field(description="Whether it signs in with a second factor.")


class StaffAccountIn(RequestBody):
    """A new staff account."""

    email: Email
    password: Password | None = Field(None, description="Left out: the account gets an invitation by e-mail.")
    role: Role
    host_id: UUID | None = Field(None, description="Required for a Host, null for everyone else.")
    host_ids: GivenHosts = Field(default_factory=list, description="The hosts a Technician is to look after.")


class StaffAccountPatch(PatchBody):
    """What an Admin may change about an account."""

    password: Annotated[Password, OnlyIfGiven]
    host_ids: Annotated[GivenHosts, OnlyIfGiven]
    disabled: Annotated[Flag, OnlyIfGiven]


class RefreshIn(RequestBody):
    """The refresh token of the latest answer."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=200)]


class StaffSessionOut(ResponseBody):
    """One of one's own sessions."""

    id: UUID
    created_at: datetime
    used_at: datetime = Field(description="When it was last refreshed.")
    expires_at: datetime
    address: str = Field(description="The client's address at sign-in.")
    user_agent: str
    current: bool = Field(False, description="Whether this request came by it.")


class SecondFactorOut(ResponseBody):
    """What an authenticator app needs; shown only now."""

    secret: str = Field(description="Base32, to be typed.")
    uri: str = Field(description="otpauth:// URI.")
    qr_svg: str = Field(description="The same as a QR code, an SVG document.")


class OtpIn(RequestBody):
    """A code of the second factor, or a recovery code where one has to stand in."""

    otp: Annotated[str, Field(min_length=6, max_length=40, examples=["123456"])]


class RecoveryCodes(ResponseBody):
    """Each stands in for the second factor once; shown only now."""

    recovery_codes: list[str]


class ApiKeyIn(RequestBody):
    """A new API key."""

    name: Name
    rights: dict[Area, Literal["read", "write"]] = Field(
        min_length=1,
        description="What the key is good for; never more than its owner may.",
        examples=[{"guests": "read"}],
    )
    expires_at: AwareDatetime = Field(description="At most 366 days ahead.")


class ApiKeyOut(ResponseBody):
    """An API key, without the key."""

    id: UUID
    name: str
    prefix: str = Field(description="How the key begins.")
    rights: dict[Area, Literal["read", "write"]]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = Field(description="When it was last used, to the minute.")


class ApiKeyCreated(ApiKeyOut):
    """A new API key; the key itself is shown only now."""

    key: str


class PasswordResetIn(RequestBody):
    """Whose password was lost."""

    email: Email


class NewPasswordIn(RequestBody):
    """What the link of an e-mail carries, and the password wanted."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
    password: Password


class PasswordChangeIn(RequestBody):
    """One's own password, and the one wanted instead."""

    old_password: Annotated[SecretStr, Field(min_length=1, max_length=200, examples=["a long enough one"])]
    new_password: Password


class AuditEntryOut(ResponseBody):
    """One change of one thing."""

    id: UUID
    at: datetime
    actor_kind: Literal["person", "api_key", "command_line", "nobody"]
    actor_id: UUID | None
    actor_email: str | None = Field(
        description="As it is now; null where the account is gone, or nobody was signed in."
    )
    action: str = Field(description="Method and route, or the command.", examples=["PATCH /api/v1/hosts/{host_id}"])
    address: str | None = Field(description="Where it came from.")
    kind: str = Field(description="What was changed.", examples=["hosts"])
    subject_id: UUID
    change: Literal["insert", "update", "delete"]
    before: dict[str, Any] | None = Field(description="The values that changed, as they were; null: it did not exist.")
    after: dict[str, Any] | None = Field(description="The same as they are since; null: it is gone.")
    erased: bool = Field(description="Whether personal values are missing because the person was erased.")
