"""What can be done with telemetry: store it, show it as series, watch it live, roll it up, forget it."""

from spotfi_cloud.telemetry.messages import Message, read_message
from spotfi_cloud.telemetry.service.live import get_live_seconds, watch_live
from spotfi_cloud.telemetry.service.rolling_up import close_spans, roll_up
from spotfi_cloud.telemetry.service.series import MAX_STEP_S, Series, read_series
from spotfi_cloud.telemetry.service.storing import Batch, store_batches
from spotfi_cloud.telemetry.service.upkeep import forget_old_rollups, keep_partitions

__all__ = [
    "MAX_STEP_S",
    "Batch",
    "Message",
    "Series",
    "close_spans",
    "forget_old_rollups",
    "get_live_seconds",
    "keep_partitions",
    "read_message",
    "read_series",
    "roll_up",
    "store_batches",
    "watch_live",
]
