"""What stands on the paper of a batch: the venue, and what its plan gives in words."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_branding
from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.plans.at_limit import AtLimit
from spotfi_cloud.plans.service import Plan, get_plan
from spotfi_cloud.subscribers.plan_words import (
    device_words,
    price_words,
    quota_words,
    rate_words,
    session_words,
    span_words,
)
from spotfi_cloud.subscribers.repository.vouchers import VoucherBatch
from spotfi_cloud.subscribers.service.conditions import zone_of
from spotfi_cloud.subscribers.voucher_codes import printed
from spotfi_cloud.subscribers.voucher_sheet import Sheet, Slip

MOST_SLIPS = 420
"""Of one file: twenty sheets, some seconds of work."""
_ISP, _PLAIN_COLOR = "WiFi", "#1f2937"


async def sheet_of(session: AsyncSession, batch: VoucherBatch, *, public_url: str, default_zone: str) -> Sheet:
    """What is the same on every slip. `public_url`: of this installation; the host's portal page lies below it."""
    plan = await get_plan(session, Scope.everything(), batch.plan_id)
    venue, color, page_url, logo = _ISP, _PLAIN_COLOR, None, None
    if batch.host_id is not None:
        branding = await get_branding(session, batch.host_id)
        venue, color = branding.name, branding.color or _PLAIN_COLOR
        page_url = f"{public_url.rstrip('/')}/portal/{batch.host_id}"
        logo = None if branding.logo is None else branding.logo.image
    zone = await zone_of(session, batch.host_id, default_zone)
    return Sheet(
        title=f"Vouchers of {venue}",
        venue=venue,
        color=color,
        words=_words(batch, plan),
        validity=_validity(batch, ZoneInfo(zone)),
        price=price_words(batch.price_minor, batch.currency),
        page_url=page_url,
        logo=logo,
    )


def slips_of(batch: VoucherBatch, codes: Sequence[tuple[int, str]]) -> list[Slip]:
    """The slips of (number, code)."""
    return [Slip(number, printed(code, batch.prefix), code) for number, code in codes]


def _words(batch: VoucherBatch, plan: Plan) -> list[str]:
    words = quota_words(
        PeriodKind(plan.period),
        total_bytes=plan.quota_bytes,
        down_bytes=plan.quota_down_bytes,
        up_bytes=plan.quota_up_bytes,
        time_s=plan.quota_s,
    )
    if plan.at_limit == AtLimit.THROTTLE and plan.throttle_down_bps is not None:
        words[-1] += f", then {rate_words(plan.throttle_down_bps)}"
    if plan.session_quota_bytes is not None:
        words.append(session_words(plan.session_quota_bytes))
    if plan.rate_down_bps is not None:
        words.append(rate_words(plan.rate_down_bps))
    devices = batch.max_sessions if batch.max_sessions is not None else plan.max_sessions
    if devices is not None:
        words.append(device_words(devices))
    return words


def _validity(batch: VoucherBatch, zone: ZoneInfo) -> str:
    parts = []
    if batch.valid_for_s is not None:
        parts.append(f"for {span_words(batch.valid_for_s)} from the first use")
    if batch.valid_from is not None:
        parts.append(f"from {_day(batch.valid_from, zone)}")
    if batch.valid_until is not None:
        parts.append(f"until {_day(batch.valid_until, zone)}")
    return f"Valid {', '.join(parts)}" if parts else ""


def _day(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{local.day} {local:%b %Y} {local:%H:%M}"
