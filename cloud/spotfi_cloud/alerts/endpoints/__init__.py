"""Alerts over HTTP."""

from fastapi import APIRouter

from spotfi_cloud.alerts.endpoints import alerts, channels, rules
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area

router = APIRouter(tags=["alerts"], dependencies=[can(Area.ALERTS)])
for part in (alerts, rules, channels):
    router.include_router(part.router)
