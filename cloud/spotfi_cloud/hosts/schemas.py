"""Bodies of hosts, and the field types that other capabilities share: time zone and currency."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from spotfi_cloud.hosts.rules import known_currency, known_timezone
from spotfi_cloud.storage.bodies import Name, OnlyIfGiven, PatchBody, RequestBody, ResponseBody

Timezone = Annotated[
    str,
    Field(max_length=64, description="IANA time zone; days and months are this zone's.", examples=["Europe/Vienna"]),
    AfterValidator(known_timezone),
]
Currency = Annotated[
    str, Field(max_length=3, description="ISO 4217 code.", examples=["EUR"]), AfterValidator(known_currency)
]


class HostIn(RequestBody):
    """A new host."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Café Central", "timezone": "Europe/Vienna", "currency": "EUR"}]}
    )

    name: Name
    timezone: Timezone
    currency: Currency


class HostPatch(PatchBody):
    """What may be changed about a host. A Host may change its name only."""

    name: Annotated[Name, OnlyIfGiven]
    timezone: Annotated[Timezone, OnlyIfGiven]
    currency: Annotated[Currency, OnlyIfGiven]


class HostOut(ResponseBody):
    """A host as the API shows it."""

    id: UUID
    name: str
    timezone: str
    currency: str
    created_at: datetime
