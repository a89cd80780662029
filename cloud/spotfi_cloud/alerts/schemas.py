"""Bodies of alerts, their rules, and where they are told."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from spotfi_cloud.alerts.rules import MAX_DURATION_S, UNITS, AlertKind, AlertState, Severity
from spotfi_cloud.alerts.service.alerts import AlertView
from spotfi_cloud.alerts.service.rulebook import RuleView
from spotfi_cloud.hosts.schemas import ContactEmail
from spotfi_cloud.storage.bodies import Flag, Name, OnlyIfGiven, PatchBody, RequestBody, ResponseBody, printable

Duration = Annotated[int, Field(strict=True, ge=0, le=MAX_DURATION_S)]
Threshold = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(printable)]
WebhookUrl = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=8, max_length=1000),
    AfterValidator(printable),
    Field(description="https, on the public internet.", examples=["https://example.com/spotfi"]),
]
AlertKinds = Annotated[
    list[AlertKind], Field(min_length=1, max_length=len(AlertKind), description="Only these; null: every kind.")
]


class AlertOut(ResponseBody):
    """Something that was wrong, or is."""

    id: UUID
    kind: AlertKind
    severity: Severity
    state: AlertState
    host_id: UUID | None = Field(description="Null: it concerns the installation, or a guest of the ISP's own.")
    router_id: UUID | None
    subject_id: UUID = Field(description="The router, guest, command or invoice; all zeros for the installation.")
    name: str | None = Field(description="Of the router or guest; of an invoice its number.")
    value: float | None = Field(description="The figure when it was raised.")
    threshold: float | None
    unit: str | None = Field(description="Of both.", examples=["%"])
    details: dict[str, Any] = Field(description="Of a failed command its kind and state, of an invoice its number.")
    raised_at: datetime
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None = Field(description="The staff account.")
    note: str | None

    @classmethod
    def of(cls, view: AlertView) -> "AlertOut":
        """From an alert and its name."""
        row = {name: getattr(view.alert, name) for name in _COLUMNS}
        return cls(**row, state=view.state, name=view.name, unit=UNITS.get(AlertKind(view.alert.kind)))


_COLUMNS = sorted(AlertOut.model_fields.keys() - {"state", "name", "unit"})


class AcknowledgeIn(RequestBody):
    """What somebody says to it."""

    note: Annotated[Note | None, Field(examples=["on my way"])] = None


class RuleOut(ResponseBody):
    """The rule that holds for a kind."""

    kind: AlertKind
    source: Literal["host", "installation", "default"] = Field(description="Who set it.")
    enabled: bool
    severity: Severity
    threshold: float | None = Field(description="Bad from here on, in `unit`; null for kinds without a figure.")
    clear_threshold: float | None = Field(description="Good again below.")
    unit: str | None
    duration_s: int = Field(description="For how long it has to be bad.")
    clear_duration_s: int = Field(
        description="For how long it has to be good again; of a failed command: when it is over."
    )

    @classmethod
    def of(cls, view: RuleView) -> "RuleOut":
        """From a rule and where it comes from."""
        rule = view.rule
        return cls(
            kind=view.kind,
            source=view.source,
            unit=UNITS.get(view.kind),
            enabled=rule.enabled,
            severity=rule.severity,
            threshold=rule.threshold,
            clear_threshold=rule.clear_threshold,
            duration_s=rule.duration_s,
            clear_duration_s=rule.clear_duration_s,
        )


class RuleList(ResponseBody):
    """A rule for each kind."""

    items: list[RuleOut]


class RuleIn(PatchBody):
    """What is to hold from now on; what is left out stays as it holds."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"threshold": 95, "duration_s": 900}]})

    enabled: Annotated[Flag, OnlyIfGiven]
    severity: Annotated[Severity, OnlyIfGiven]
    threshold: Annotated[Threshold | None, OnlyIfGiven]
    clear_threshold: Annotated[Threshold | None, OnlyIfGiven]
    duration_s: Annotated[Duration, OnlyIfGiven]
    clear_duration_s: Annotated[Duration, OnlyIfGiven]


class ChannelIn(RequestBody):
    """A new channel: one e-mail address, or one webhook."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "On call", "kind": "email", "recipient": "noc@example.com"}]}
    )

    name: Name
    kind: Literal["email", "webhook"]
    recipient: ContactEmail | None = None
    url: WebhookUrl | None = None
    host_id: UUID | None = Field(None, description="Whose alerts; null: every host's, and the installation's own.")
    alert_kinds: AlertKinds | None = None
    min_severity: Severity = Severity.WARNING
    enabled: Flag = True


class ChannelPatch(PatchBody):
    """What may be changed about a channel."""

    name: Annotated[Name, OnlyIfGiven]
    recipient: Annotated[ContactEmail, OnlyIfGiven]
    url: Annotated[WebhookUrl, OnlyIfGiven]
    alert_kinds: Annotated[AlertKinds | None, OnlyIfGiven]
    min_severity: Annotated[Severity, OnlyIfGiven]
    enabled: Annotated[Flag, OnlyIfGiven]


class ChannelOut(ResponseBody):
    """A channel as the API shows it."""

    id: UUID
    host_id: UUID | None
    name: str
    kind: Literal["email", "webhook"]
    recipient: str | None
    url: str | None
    alert_kinds: list[AlertKind] | None
    min_severity: Severity
    enabled: bool
    created_at: datetime


class ChannelCreated(ChannelOut):
    """A channel that was just created."""

    secret: str | None = Field(None, description="What its webhooks are signed with; no other answer shows it again.")


class TestOrdered(ResponseBody):
    """A test that is on its way."""

    delivery_id: UUID


class DeliveryOut(ResponseBody):
    """Something that was told over a channel, or is to be."""

    id: UUID = Field(description="Also in the webhook's body.")
    alert_id: UUID | None
    event: Literal["raised", "cleared", "test"]
    state: Literal["pending", "delivered", "failed"] = Field(description="`failed`: given up after a day.")
    attempts: int
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime = Field(description="Of what is pending.")
    answer: str | None = Field(description="What came of the last attempt.")
    delivered_at: datetime | None
