"""What has to be true of the database before the roles start: its schema is current, and somebody can sign in.

A process of its own (`python -m …`), so that the supervisor stays small, and started before the database is: it begins once a
line comes on stdin. On stdout one JSON object: `{"password": …}`, the made-up password of the first Admin, or null.
"""

import asyncio
import json
import sys

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.process import run_role
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.identity import service
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database


async def _ensure_admin(settings: Settings) -> str | None:
    given = settings.admin_password.get_secret_value() if settings.admin_password else None
    database = Database(settings.require_database_url(), pool_size=1)
    try:
        async with database.unit_of_work() as session:
            return await service.ensure_admin(session, settings.admin_email, given, clock=SystemClock())
    finally:
        await database.close()


def take(settings: Settings) -> None:
    """Wait to be told, migrate, make the first Admin, and tell the password if one was made up."""
    if not sys.stdin.readline():
        return  # whoever started us is gone
    migrations.upgrade(settings.require_database_url())
    made_up = asyncio.run(_ensure_admin(settings))
    shown = None if settings.admin_password else made_up
    sys.stdout.write(json.dumps({"password": shown}) + "\n")


if __name__ == "__main__":
    sys.exit(run_role("first_steps", take, waits_for_schema=False))
