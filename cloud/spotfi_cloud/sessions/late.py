"""Usage that arrives long after it happened, noted beside the ledger: by then its month may have been billed without it.

Part of accounting's batched path; may be called by `sessions.recording` only.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import orjson

from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.sessions.memory import UsageDelta
from spotfi_cloud.storage.batches import Transaction

LATE_AFTER = timedelta(minutes=75)
"""From the beginning of a quarter of an hour: an hour after its end. Billing waits for twice that after a month's end."""

_NOTE = """
INSERT INTO late_usage (id, session_id, quarter_start, router_id, host_id, up_bytes, down_bytes, recorded_at)
SELECT * FROM json_to_recordset(%s) AS given (
    id uuid, session_id uuid, quarter_start timestamptz, router_id uuid, host_id uuid, up_bytes bigint, down_bytes bigint,
    recorded_at timestamptz)
"""


async def note_late(transaction: Transaction, deltas: Iterable[UsageDelta], arrived_at: datetime) -> None:
    """Note those of the deltas, which the ledger grows by in this transaction, that are late. Seldom any."""
    horizon = arrived_at - LATE_AFTER
    late = [_row(delta, arrived_at) for delta in deltas if delta.quarter_start < horizon and delta.total_bytes]
    if late:
        connection = await transaction.connection()
        await connection.execute(_NOTE, (orjson.dumps(late).decode(),), prepare=True)


def _row(delta: UsageDelta, recorded_at: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "session_id": delta.session_id,
        "quarter_start": delta.quarter_start,
        "router_id": delta.router_id,
        "host_id": delta.host_id,
        "up_bytes": delta.up_bytes,
        "down_bytes": delta.down_bytes,
        "recorded_at": recorded_at,
    }
