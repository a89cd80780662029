"""What is going on, in figures: the page one lands on. Each figure is a cheap statement over the caller's scope.

Here, because it asks several capabilities. Alerts, guests and money are null for accounts that may not read them.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from spotfi_cloud.alerts.endpoints.alerts import visible_kinds
from spotfi_cloud.alerts.service.alerts import count_open_alerts
from spotfi_cloud.billing import service as billing
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area, Right
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.routers import service as routers
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(tags=["overview"], dependencies=[can(Area.ROUTERS)])
_DAY = timedelta(days=1)


class _Figures(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FleetOut(_Figures):
    """Routers by how they are, and what goes over their WANs now."""

    routers: int
    online: int
    attention: int = Field(description="Of those online: their latest sample asks for attention.")
    silent: int = Field(description="Never heard of: not enrolled yet, or without agent.")
    revoked: int
    rx_bps: float
    tx_bps: float


class QuarterOut(_Figures):
    """What guests used in a quarter of an hour; up = from the guest."""

    at: datetime
    up_bytes: int
    down_bytes: int


class GuestsOut(_Figures):
    """Guests on the caller's routers."""

    online: int = Field(description="Open sessions.")
    quotas_reached: int = Field(description="Within a day.")
    enforcements_under_way: int = Field(description="Ends and new limits that no router has proved yet.")
    day: list[QuarterOut] = Field(description="The last 24 hours; quarters without usage are left out.")


class MonthMoneyOut(_Figures):
    """Invoices of the month in one currency and status."""

    currency: str
    status: str
    invoices: int
    total_minor: int


class MoneyOut(_Figures):
    """What the month comes to."""

    period: str
    totals: list[MonthMoneyOut]


class AlertsOut(_Figures):
    """Open alerts that the account may see, by severity."""

    critical: int
    warning: int
    info: int
    unacknowledged: int = Field(description="Of all of them: nobody has said that they look after it.")


class OverviewOut(BaseModel):
    """What is going on."""

    at: datetime
    fleet: FleetOut
    commands_under_way: int
    alerts: AlertsOut | None
    guests: GuestsOut | None
    money: MoneyOut | None


@router.get("/overview")
async def get_overview(
    request: Request, session: RequestSession, scope: RequestScope, principal: SignedIn
) -> OverviewOut:
    """Routers, guests and money as they are now, within what the account may see."""
    now: datetime = request.app.state.clock.now()
    alerts, guests, money = None, None, None
    if principal.may(Area.ALERTS, Right.READ):
        alerts = AlertsOut.model_validate(await count_open_alerts(session, scope, visible_kinds(principal)))
    if principal.may(Area.GUESTS, Right.READ):
        events = await quotas.count_events(session, scope, now - _DAY)
        day = await sessions.usage_by_quarter(session, scope, now - _DAY)
        guests = GuestsOut(
            online=await sessions.count_open_sessions(session, scope),
            quotas_reached=events.reached,
            enforcements_under_way=events.under_way,
            day=[QuarterOut(at=at, up_bytes=up, down_bytes=down) for at, up, down in day],
        )
    if principal.may(Area.MONEY, Right.READ):
        period = now.astimezone(ZoneInfo(request.app.state.timezone)).strftime("%Y-%m")
        totals = await billing.month_totals(session, scope, period)
        money = MoneyOut(period=period, totals=[MonthMoneyOut.model_validate(each) for each in totals])
    return OverviewOut(
        at=now,
        fleet=FleetOut.model_validate(await routers.count_fleet(session, scope)),
        commands_under_way=await routers.count_open_commands(session, scope),
        alerts=alerts,
        guests=guests,
        money=money,
    )
