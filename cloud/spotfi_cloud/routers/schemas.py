"""Bodies of routers, enrolment and commands."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, IPvAnyAddress, StringConstraints

from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.routers.attention import complaints_of
from spotfi_cloud.routers.catalogue import KINDS
from spotfi_cloud.routers.rules import MAX_DEADLINE_S, CommandState
from spotfi_cloud.storage.bodies import Flag, Name, OnlyIfGiven, PatchBody, RequestBody, ResponseBody

_DEFAULT_DEADLINE_S = 300


Address = Annotated[
    IPvAnyAddress,
    Field(description="IP address its RADIUS packets come from and disconnects go to; null where that changes."),
]
SwappedCounters = Annotated[
    Flag | None,
    Field(
        description="Whether its input counters are what guests received, the reverse of RFC 2866. Null: as is usual for "
        "its kind; true for CoovaChilli, where `swapoctets` makes it false."
    ),
]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Fingerprint = Annotated[
    str,
    StringConstraints(pattern="^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$"),
    AfterValidator(lambda text: text.replace(":", "").lower()),
    Field(
        description="SHA-256 of the certificate's DER form, as `openssl x509 -fingerprint -sha256` prints it.",
        examples=["3f" * 32],
    ),
]
CloudUrl = Annotated[
    str,
    Field(
        description="What `spotfi-agent enroll` is given with the code: how routers reach the cloud.",
        examples=["https://wifi.example.net"],
    ),
]
Attention = Literal["cpu", "memory", "disk", "temperature", "loss", "wan"]
Latitude = Annotated[
    float, Field(ge=-90, le=90, allow_inf_nan=False, description="Degrees north (WGS 84).", examples=[48.2082])
]
Longitude = Annotated[
    float, Field(ge=-180, le=180, allow_inf_nan=False, description="Degrees east (WGS 84).", examples=[16.3738])
]
IntervalS = Annotated[int, Field(strict=True, ge=1, le=3600, description="Seconds between two telemetry samples.")]


class RouterIn(RequestBody):
    """A new router, or another NAS."""

    name: Name
    host_id: UUID
    nas_kind: NasKind
    address: Address | None = None
    legacy_radius: Flag | None = Field(
        None, description="Accept its requests without Message-Authenticator. Left out: only for uspot."
    )
    swapped_counters: SwappedCounters = None
    coa_port: Port = Field(3799, description="UDP port it takes Disconnect-Requests on (RFC 5176).")
    interval_s: IntervalS = 30
    latitude: Latitude | None = Field(None, description="Where it stands, with `longitude`; null: on no map.")
    longitude: Longitude | None = None


class RouterPatch(PatchBody):
    """What can be changed about a router."""

    name: Annotated[Name, OnlyIfGiven]
    nas_kind: Annotated[NasKind, OnlyIfGiven]
    address: Annotated[Address | None, OnlyIfGiven]
    legacy_radius: Annotated[Flag, OnlyIfGiven]
    swapped_counters: Annotated[SwappedCounters, OnlyIfGiven]
    coa_port: Annotated[Port, OnlyIfGiven]
    interval_s: Annotated[IntervalS, OnlyIfGiven]
    latitude: Annotated[Latitude | None, OnlyIfGiven]
    longitude: Annotated[Longitude | None, OnlyIfGiven]


class AgentOut(BaseModel):
    """What the agent said of itself when it last connected."""

    agent_version: str
    protocol: int
    hostname: str
    model: str
    release: str
    transport: str = Field(description="`mqtt`, or `websocket` where the MQTT port is blocked.")
    board: str = Field("", description="Board as firmware images name it, such as `tplink,archer-c7-v5`.")
    target: str = Field("", description="What the firmware is built for, such as `ath79/generic`.")


class InterfaceOut(BaseModel):
    """Counters of an interface since the router's boot; rx is what the router received."""

    rx_bytes: int
    tx_bytes: int
    rx_packets: int
    tx_packets: int
    up: bool
    rx_bps: float | None = Field(None, description="Bits per second since the sample before, where there is one.")
    tx_bps: float | None = None


class RadioOut(BaseModel):
    """A wireless interface that serves clients."""

    channel: int | None
    noise_dbm: int | None
    clients: int | None


class ClientOut(BaseModel):
    """An associated client; rx is what the router received from it."""

    interface: str
    signal_dbm: int | None
    rx_rate_kbps: int | None
    tx_rate_kbps: int | None
    rx_bytes: int | None
    tx_bytes: int | None


class SampleOut(BaseModel):
    """What a router measured at one moment; null is what it does not have."""

    taken_at: datetime
    uptime_s: int
    cpu_percent: float | None = Field(description="Over the time since the sample before, where there is one.")
    load: list[float] | None
    memory_total_bytes: int | None
    memory_available_bytes: int | None
    disk_total_bytes: int | None
    disk_used_bytes: int | None
    temperature_c: float | None
    wan_up: bool | None = None
    wan_device: str | None = None
    wan_address: str | None = None
    latency_ms: float | None = Field(None, description="Round trip to the cloud.")
    loss_percent: float | None = Field(None, description="TCP segments to the cloud that had to be sent again.")
    dhcp_leases: int | None = None
    conntrack_used: int | None = None
    conntrack_most: int | None = None
    interfaces: dict[str, InterfaceOut]
    radios: dict[str, RadioOut] = Field(default_factory=dict)
    clients: dict[str, ClientOut] | None = Field(None, description="By MAC address, as of `clients_at`.")
    clients_at: datetime | None = Field(
        None, description="Single clients are read every five minutes, and in live view."
    )


class RouterOut(ResponseBody):
    """A router as the API shows it."""

    id: UUID
    host_id: UUID
    name: str
    nas_kind: NasKind
    address: str | None
    nas_identifier: str
    legacy_radius: bool
    swapped_counters: bool | None
    radsec_certificate_sha256: str | None = Field(
        description="Fingerprint of the certificate it may use RadSec with; null: none."
    )
    coa_port: int
    interval_s: int
    latitude: float | None = Field(description="Degrees north (WGS 84); null: its place is not known.")
    longitude: float | None = Field(description="Degrees east.")
    created_at: datetime
    revoked_at: datetime | None
    online: bool = False
    online_changed_at: datetime | None = Field(None, description="Since when it is online, or offline.")
    last_seen_at: datetime | None = None
    agent: AgentOut | None = None
    latest_sample: SampleOut | None = None
    attention: list[Attention] = Field(
        default_factory=list, description="What asks for attention while it is online, by its latest sample."
    )

    @classmethod
    def of(cls, row: tuple[Any, Any]) -> Self:
        """From a router and its presence, which may be None."""
        router, presence = row
        known = cls.model_validate(router)
        if presence is None:
            return known
        agent = None if presence.hello is None else AgentOut.model_validate(presence.hello)
        sample = None if presence.latest_sample is None else SampleOut.model_validate(presence.latest_sample)
        heard = {
            "online": presence.online,
            "online_changed_at": presence.changed_at,
            "last_seen_at": presence.last_seen_at,
        }
        complaints = complaints_of(presence.latest_sample or {}) if presence.online else []
        return known.model_copy(update={**heard, "agent": agent, "latest_sample": sample, "attention": complaints})


class RouterCreated(RouterOut):
    """A new router with its secrets, which no other answer shows again."""

    enrolment_code: str | None = Field(description="For `spotfi-agent enroll`; null for a kind that runs no agent.")
    enrolment_code_expires_at: datetime | None
    cloud_url: CloudUrl
    radius_secret: str


class RadiusSecretOut(BaseModel):
    """A fresh RADIUS secret, shown only now."""

    radius_secret: str


class RadsecCertificateIn(RequestBody):
    """A certificate of the operator's own, by fingerprint."""

    sha256: Fingerprint


class RadsecCertificateOut(BaseModel):
    """What a NAS needs to speak RadSec (RFC 6614); the key is shown only now."""

    sha256: str = Field(description="Fingerprint of the certificate.")
    certificate_pem: str
    private_key_pem: str
    ca_pem: str = Field(description="The authority the server's certificate is from.")
    expires_at: datetime


class EnrolmentCodeIn(RequestBody):
    """How long a code is to be valid."""

    valid_for_s: Annotated[int, Field(strict=True, ge=60, le=30 * 86_400)] = 86_400


class EnrolmentCodeOut(BaseModel):
    """A fresh one-time code, shown only now."""

    enrolment_code: str
    expires_at: datetime
    cloud_url: CloudUrl


class EnrolmentIn(BaseModel):
    """What a router sends to enrol. Unknown fields are ignored: its agent may be newer."""

    code: Annotated[str, StringConstraints(max_length=200)]
    agent_version: Annotated[str, StringConstraints(max_length=64)] = ""
    hostname: Annotated[str, StringConstraints(max_length=255)] = ""


class EnrolmentOut(BaseModel):
    """Who the router is from now on (`spotfi_protocol.enrolment.EnrolmentGrant`)."""

    router_id: UUID
    device_key: str
    mqtt_host: str
    mqtt_port: int
    websocket_url: str
    ca_pem: str


class CommandIn(RequestBody):
    """An order to a router."""

    kind: str = Field(max_length=64, examples=["logs"], description=f"One of {', '.join(KINDS)}.")
    args: dict[str, Any] = Field(default_factory=dict, max_length=64, examples=[{"lines": 200}])
    deadline_s: Annotated[int, Field(strict=True, ge=1, le=MAX_DEADLINE_S)] = Field(
        _DEFAULT_DEADLINE_S, description="Seconds from now until when it must have begun; then it expires."
    )
    limit_s: Annotated[int, Field(strict=True, ge=1, le=86_400)] | None = Field(
        None, description="Seconds it may run; a router has a shorter limit for most kinds."
    )


class CommandOut(ResponseBody):
    """A command and how far it is."""

    id: UUID
    router_id: UUID
    kind: str
    args: dict[str, Any]
    state: CommandState
    deadline_at: datetime
    created_at: datetime
    sent_at: datetime | None
    accepted_at: datetime | None
    finished_at: datetime | None
    limit_s: int | None
    cancelling_since: datetime | None = Field(description="Taken back; the router has not answered to that yet.")
    result: dict[str, Any] | None = Field(description="What the router reported; `message` is for people.")
