"""Routers over HTTP: inventory, enrolment, commands."""

from fastapi import APIRouter

from spotfi_cloud.routers.endpoints import commands, enrolment, inventory

router = APIRouter()
router.include_router(inventory.router)
router.include_router(enrolment.router)
router.include_router(commands.router)
