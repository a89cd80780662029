"""Billing over HTTP."""

from fastapi import APIRouter

from spotfi_cloud.billing.endpoints import accounts, invoices, letters, logos, parties, payments, runs, tariffs
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area

router = APIRouter(tags=["billing"], dependencies=[can(Area.MONEY)])
for _part in (
    tariffs.router,
    parties.router,
    logos.router,
    runs.router,
    invoices.router,
    payments.router,
    letters.router,
    accounts.router,
):
    router.include_router(_part)
