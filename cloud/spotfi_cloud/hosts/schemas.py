"""Bodies of hosts, and the field types that other capabilities share: time zone and currency."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from spotfi_cloud.hosts.rules import known_currency, known_timezone
from spotfi_cloud.storage.bodies import Name, OnlyIfGiven, PatchBody, RequestBody, ResponseBody, printable

Timezone = Annotated[
    str,
    Field(max_length=64, description="IANA time zone; days and months are this zone's.", examples=["Europe/Vienna"]),
    AfterValidator(known_timezone),
]
Currency = Annotated[
    str, Field(max_length=3, description="ISO 4217 code.", examples=["EUR"]), AfterValidator(known_currency)
]


ContactEmail = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"),
    AfterValidator(printable),
    Field(examples=["owner@example.com"]),
]
ContactPhone = Annotated[
    str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()/.-]{2,30}$"), Field(examples=["+43 1 5321234"])
]
Language = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$"),
    Field(description="Of its pages and e-mails (BCP 47); null: the installation's.", examples=["de", "pt-BR"]),
]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$"), Field(examples=["#7a1f3d"])]
LogoUrl = Annotated[
    str,
    StringConstraints(pattern=r"^https://[^\s\"'<>]+$", max_length=1000),
    AfterValidator(printable),
    Field(examples=["https://example.com/logo.png"]),
]
TermsUrl = Annotated[LogoUrl, Field(examples=["https://example.com/terms"])]
SupportContact = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(printable),
    Field(examples=["+43 1 5321234"]),
]
WelcomeText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(printable)]


class HostDetails(BaseModel):
    """What a Host says about itself; each may be null."""

    contact_name: Name | None = None
    contact_email: ContactEmail | None = None
    contact_phone: ContactPhone | None = None
    language: Language | None = None
    brand_name: Annotated[Name | None, Field(description="Shown to guests in place of the name.")] = None
    brand_color: Color | None = None
    logo_url: LogoUrl | None = None
    welcome_text: WelcomeText | None = None
    background_color: Color | None = None
    support_contact: Annotated[SupportContact | None, Field(description="Whom guests ask: a phone, an address.")] = None
    terms_url: Annotated[TermsUrl | None, Field(description="Terms of use, for guests.")] = None


class HostIn(HostDetails, RequestBody):
    """A new host."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Café Central", "timezone": "Europe/Vienna", "currency": "EUR"}]}
    )

    name: Name
    timezone: Timezone
    currency: Currency


class HostPatch(HostDetails, PatchBody):
    """What may be changed about a host. Time zone and currency are the Admin's to change."""

    name: Annotated[Name, OnlyIfGiven]
    timezone: Annotated[Timezone, OnlyIfGiven]
    currency: Annotated[Currency, OnlyIfGiven]


class HostOut(HostDetails, ResponseBody):
    """A host as the API shows it."""

    id: UUID
    name: str
    timezone: str
    currency: str
    created_at: datetime
    suspended_at: datetime | None = Field(
        description="Since when logins of its guests are refused; null: they are not."
    )


class HostPageOut(HostOut):
    """One host, with what is looked up for it alone."""

    has_logo: Annotated[bool, Field(description="Whether there is an image at `/hosts/{host_id}/logo`.")]
