"""Subscribers and their plans over HTTP."""

from fastapi import APIRouter

from spotfi_cloud.subscribers.endpoints import accounts, assignments, imports, top_ups, vouchers

router = APIRouter()
router.include_router(accounts.router)
router.include_router(assignments.router)
router.include_router(top_ups.router)
router.include_router(vouchers.router)
router.include_router(imports.router)
