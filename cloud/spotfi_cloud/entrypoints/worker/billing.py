"""The worker's part of billing: bills every month that is over, in its host's own time zone, what was missed before, and what
people order; has documents and reminders sent.

Each transaction bills some hosts and holds the numbers meanwhile, so that it may end in the middle, and others may bill at the
same time: what is billed by then is left alone.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from spotfi_cloud.billing import service as billing
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.worker.loops import Loop, periodic
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)
_BILL_EVERY_S = 600.0
_LETTERS_EVERY_S = 60.0
_LOOK_FOR_RUNS_EVERY_S = 1.0
_AT_ONCE = 50
_READ_AT_ONCE = 2000
"""Hosts whose month is read from the ledger in one pass: bounds what of it is held in memory."""


def billing_loops(database: Database, settings: Settings, clock: Clock) -> list[Loop]:
    """The loops of this part. Months are issued unless the settings leave that to people; letters need a mail server."""
    biller = Biller(database, clock)

    async def apply_credit() -> None:
        async with database.unit_of_work() as session:
            await billing.apply_credit(session)

    async def send_letters() -> None:
        await order_letters(database, clock)

    loops = [
        periodic("credit", _BILL_EVERY_S, apply_credit),
        periodic("billing_runs", _LOOK_FOR_RUNS_EVERY_S, biller.carry_out_runs),
    ]
    if settings.billing_automatic:
        loops.append(periodic("billing", _BILL_EVERY_S, biller.bill))
    if settings.smtp_url is not None:
        loops.append(periodic("billing_letters", _LETTERS_EVERY_S, send_letters))
    return loops


async def order_letters(database: Database, clock: Clock) -> None:
    """Order what is to be sent about documents, each in a transaction of its own: new documents, then reminders."""
    async with database.unit_of_work() as session:
        documents = await billing.documents_to_send(session, clock=clock)
    ordered = 0
    for invoice_id in documents:
        async with database.unit_of_work() as session:
            ordered += await billing.send_issued(session, invoice_id, clock=clock)
    async with database.unit_of_work() as session:
        reminders = await billing.reminders_to_send(session, clock=clock)
    for invoice_id, step in reminders:
        async with database.unit_of_work() as session:
            ordered += await billing.send_reminder(session, invoice_id, step, clock=clock)
    if ordered:
        _log.info("letters_ordered", count=ordered)


class Biller:
    """Bills what is left to bill, the oldest month first, so many hosts in each transaction."""

    def __init__(self, database: Database, clock: Clock, at_once: int = _AT_ONCE) -> None:
        self._database = database
        self._clock = clock
        self._at_once = at_once

    async def bill(self) -> None:
        """Everything that can be billed now. A host that cannot be is logged and left for the next time."""
        failed: set[UUID] = set()
        async with self._database.unit_of_work() as session:
            left = await billing.months_to_bill(session, self._clock.now())
        for period, hosts in left:
            for some in batched(hosts, _READ_AT_ONCE):
                async for _ in self._bill_read(period, some, failed):
                    pass

    async def carry_out_runs(self) -> None:
        """Every month that somebody ordered to be billed and that is not done, the oldest order first."""
        while True:
            async with self._database.unit_of_work() as session:
                begun = await billing.begin_run(session, clock=self._clock)
            if begun is None:
                return
            await self._carry_out(*begun)

    async def _carry_out(self, run_id: UUID, period: str, hosts: Sequence[UUID]) -> None:
        failed: set[UUID] = set()
        done = 0
        for some in batched(hosts, _READ_AT_ONCE):
            async for billed in self._bill_read(period, some, failed):
                done += billed
                async with self._database.unit_of_work() as session:
                    await billing.note_progress(session, run_id, done=done, failed=len(failed))
        async with self._database.unit_of_work() as session:
            await billing.finish_run(session, run_id, failed=len(failed), clock=self._clock)
        _log.info("run_finished", run_id=str(run_id), period=period, hosts=done, failed=len(failed))

    async def _bill_read(self, period: str, host_ids: Sequence[UUID], failed: set[UUID]) -> AsyncIterator[int]:
        """Read the ledger for all of the hosts in one pass, and bill them a few at a time; how many each time."""
        async with self._database.unit_of_work() as session:
            readings = await billing.read_month(session, period, host_ids)
        for some in batched(host_ids, self._at_once):
            left = [host_id for host_id in some if host_id not in failed]
            if left:
                await self._bill(period, left, readings, failed)
            yield len(some)

    async def _bill(
        self, period: str, host_ids: Sequence[UUID], readings: Mapping[UUID, billing.Reading], failed: set[UUID]
    ) -> None:
        """Bill the hosts' month. One that fails holds up nobody else; its own later months wait for it."""
        try:
            issued = await self._bill_together(period, host_ids, readings)
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001 - what is wrong with one host must not keep the others from being billed
            if len(host_ids) == 1:
                failed.add(host_ids[0])
                _log.exception("host_not_billed", host_id=str(host_ids[0]), period=period)
                return
            for host_id in host_ids:
                await self._bill(period, [host_id], readings, failed)
            return
        if issued:
            _log.info("month_billed", period=period, hosts=len(host_ids), documents=issued)

    async def _bill_together(
        self, period: str, host_ids: Sequence[UUID], readings: Mapping[UUID, billing.Reading]
    ) -> int:
        async with self._database.unit_of_work() as session:
            return await billing.issue_months(session, period, host_ids, readings, clock=self._clock)


def batched(host_ids: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    """The hosts in their order, so many at a time."""
    return (host_ids[start : start + size] for start in range(0, len(host_ids), size))
