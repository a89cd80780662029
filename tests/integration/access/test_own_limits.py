"""A guest's own quota and what was topped up count in accounting and at login, until their time is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from spotfi_cloud.access.service import find_accounts
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.quotas.terms import left_of
from spotfi_cloud.storage.database import Database
from tests.integration.access.conftest import SECRET_KEY, Place
from tests.integration.access.test_recording import MEGABYTE, NOW, record, report


async def test_own_quota_and_top_ups_decide_when_sessions_end(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    nas = await place.add_nas("sf-1")
    plan_id = await place.add_plan(quota_bytes=100 * MEGABYTE)
    own = {"own_quota_bytes": 10 * MEGABYTE, "own_rate_up_bps": 64_000, "own_max_sessions": 1}
    ada = await place.add_subscriber("ada", plan_id, granted_bytes=5 * MEGABYTE, **own)
    connection = await connect()
    assert await record(connection, [report(place, nas, "s1", 0, 0), report(place, nas, "s1", 60, 14 * MEGABYTE)]) == 0
    sealer, clock = Sealer(SECRET_KEY, "subscriber-password"), ManualClock(NOW)
    account = (await find_accounts(connection, ["ada"], sealer, clock=clock, default_zone="UTC"))["ada"]
    assert left_of(account.terms, account.used).total_bytes == MEGABYTE
    assert (account.rate_up_bps, account.rate_down_bps, account.max_sessions) == (64_000, 10_000_000, 1)
    async with database.unit_of_work() as session:
        usage = await quotas.usage_of(session, Scope.everything(), ada, clock=clock, default_zone="UTC")
    assert (usage.quota_bytes, usage.remaining_bytes) == (15 * MEGABYTE, MEGABYTE)
    assert await record(connection, [report(place, nas, "s1", 120, 15 * MEGABYTE)]) == 1


async def test_a_top_up_whose_time_is_over_counts_no_more(place: Place, connect: Callable[[], Any]) -> None:
    nas = await place.add_nas("sf-1")
    plan_id = await place.add_plan(quota_bytes=10 * MEGABYTE)
    over = {"granted_bytes": 5 * MEGABYTE, "granted_until": NOW - timedelta(hours=1)}
    await place.add_subscriber("ada", plan_id, **over)
    connection = await connect()
    await record(connection, [report(place, nas, "s1", 0, 0)])
    assert await record(connection, [report(place, nas, "s1", 60, 10 * MEGABYTE)]) == 1
