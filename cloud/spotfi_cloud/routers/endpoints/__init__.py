"""Routers over HTTP: inventory, enrolment, commands, terminals."""

from fastapi import APIRouter

from spotfi_cloud.routers.endpoints import commands, device, enrolment, inventory, radsec, terminals, uam

router = APIRouter()
router.include_router(inventory.router)
router.include_router(enrolment.router)
router.include_router(commands.router)
router.include_router(device.router)
router.include_router(radsec.router)
router.include_router(terminals.router)
router.include_router(uam.router)
