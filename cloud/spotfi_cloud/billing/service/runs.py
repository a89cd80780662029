"""Runs that people order: a month billed for every host by `worker`, a few hosts in each transaction.

Whoever carries a run out may end in the middle; the next one begins it anew, and finds billed what is.
"""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, runs
from spotfi_cloud.billing.repository.invoices import Host
from spotfi_cloud.billing.repository.runs import BillingRun, MadeDocuments
from spotfi_cloud.billing.rules import RunState
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError, RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.periods import month_of


async def order_run(session: AsyncSession, period: str, *, clock: Clock) -> BillingRun:
    """Have the month (`YYYY-MM`) billed for every host. RejectedError for a month that has begun nowhere."""
    hosts = await _begun(session, period, clock)
    if not hosts and month_of(period, ZoneInfo("UTC")).start > clock.now():
        msg = f"{period} has not begun yet."
        raise RejectedError(msg, field="period")
    run = BillingRun(
        id=new_id(),
        period=period,
        state=RunState.QUEUED.value,
        hosts=len(hosts),
        hosts_done=0,
        hosts_failed=0,
        ordered_at=clock.now(),
    )
    await runs.add_run(session, run)
    return run


async def get_run(session: AsyncSession, run_id: UUID) -> tuple[BillingRun, list[MadeDocuments]]:
    """(the run, what the month's documents come to by now). NotFoundError where there is none."""
    run = await runs.find_run(session, run_id)
    if run is None:
        msg = "There is no run with this id."
        raise NotFoundError(msg)
    return run, await runs.documents_made(session, run.period)


async def begin_run(session: AsyncSession, *, clock: Clock) -> tuple[UUID, str, list[UUID]] | None:
    """(run, month, the hosts to go through, oldest first) of the oldest run that is not finished; None: nothing is ordered."""
    run = await runs.oldest_unfinished(session)
    if run is None:
        return None
    hosts = await _begun(session, run.period, clock)
    run.state, run.hosts, run.hosts_done, run.hosts_failed = RunState.RUNNING.value, len(hosts), 0, 0
    return run.id, run.period, [host.id for host in hosts]


async def note_progress(session: AsyncSession, run_id: UUID, *, done: int, failed: int) -> None:
    """Of how many hosts the run is through; how many of them could not be billed."""
    await runs.note_progress(session, run_id, done, failed)


async def finish_run(session: AsyncSession, run_id: UUID, *, failed: int, clock: Clock) -> None:
    """The run has been through all hosts."""
    state = RunState.FAILED if failed else RunState.DONE
    await runs.finish(session, run_id, state.value, failed, clock.now())


async def _begun(session: AsyncSession, period: str, clock: Clock) -> list[Host]:
    """The hosts whose month has begun by their own clocks."""
    hosts, now = await invoices.all_hosts(session), clock.now()
    return [host for host in hosts if month_of(period, ZoneInfo(host.timezone)).start <= now]
