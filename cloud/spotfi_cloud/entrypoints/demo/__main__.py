"""The process of `spotfi demo` that plays routers and guests."""

import asyncio
import random
import signal
import sys

from spotfi_cloud.entrypoints.demo.fleet import DemoRouter
from spotfi_cloud.entrypoints.demo.guests import Guest, Spot
from spotfi_cloud.entrypoints.demo.inventory import USERNAMES, ensure_inventory, issue_code
from spotfi_cloud.entrypoints.demo.portal import Portal
from spotfi_cloud.entrypoints.process import run_role
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database


async def _play(settings: Settings) -> None:
    folder = settings.data_dir / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    database, clock = Database(settings.require_database_url()), SystemClock()
    spots = []
    for number, nas in enumerate(await ensure_inventory(database, settings, clock), start=1):
        router = DemoRouter(folder / f"router-{number}", number)
        router.prepare()
        if not router.enrolled:
            code = await issue_code(database, settings, nas.router_id, clock)
            await router.enrol(f"https://localhost:{settings.https_port}", code)
        spots.append(Spot(router, Portal(nas, settings.radius_auth_port, settings.radius_acct_port)))
    await database.close()
    await _until_told_to_stop(spots)


async def _until_told_to_stop(spots: list[Spot]) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    for spot in spots:
        await spot.router.start()
    chance = random.SystemRandom()
    guests = [Guest(username, number, spots, chance).live() for number, username in enumerate(USERNAMES)]
    tasks = [asyncio.ensure_future(guest) for guest in guests]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, *(spot.router.stop() for spot in spots), return_exceptions=True)


def run(settings: Settings) -> None:
    asyncio.run(_play(settings))


if __name__ == "__main__":
    sys.exit(run_role("demo", run))
