"""The roles of the platform as programs: what `spotfi up` runs beside the database."""

import os
import sys
from collections.abc import Mapping

from spotfi_cloud.entrypoints.embedded.program import Program
from spotfi_cloud.entrypoints.settings import PREFIX, Settings

MODULES: Mapping[str, str] = {
    "broker": "spotfi_broker",
    "api": "spotfi_cloud.entrypoints.api",
    "ingest": "spotfi_cloud.entrypoints.ingest",
    "radius": "spotfi_cloud.entrypoints.radius",
    "worker": "spotfi_cloud.entrypoints.worker",
}
"""Each role and the module that `python -m` runs for it."""


def environ_of(settings: Settings) -> dict[str, str]:
    """The environment in which a process loads exactly these settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**inherited, "PYTHONUNBUFFERED": "1", **settings.as_environ()}


def role_program(name: str, settings: Settings) -> Program:
    """The role as a program."""
    return Program.of_module(name, MODULES[name], environ_of(settings))


def demo_programs(settings: Settings) -> list[Program]:
    """What `spotfi demo` runs beside the roles: the one that plays routers and guests."""
    return [Program.of_module("demo", "spotfi_cloud.entrypoints.demo", environ_of(settings))]


def become_role(name: str) -> None:
    """Turn this process into the role; does not return."""
    os.execv(sys.executable, [sys.executable, "-m", MODULES[name]])  # noqa: S606 - our own interpreter and module
