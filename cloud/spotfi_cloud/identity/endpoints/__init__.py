"""Sign-in and staff accounts over HTTP."""

from fastapi import APIRouter

from spotfi_cloud.identity.endpoints import audit, own_account, sign_in, staff

router = APIRouter()
router.include_router(sign_in.router)
router.include_router(own_account.router)
router.include_router(staff.router)
router.include_router(audit.router)
