"""What can be done with telemetry: store it, show it as series, watch it live, roll it up, forget it."""

from spotfi_cloud.telemetry.messages import Message, read_message
from spotfi_cloud.telemetry.service.live import get_live_seconds, watch_live
from spotfi_cloud.telemetry.service.rolling_up import (
    RollUpPlan,
    close_spans,
    finish_roll_up,
    plan_roll_up,
    roll_up_routers,
)
from spotfi_cloud.telemetry.service.series import MAX_STEP_S, Series, read_series
from spotfi_cloud.telemetry.service.storing import Batch, store_batches
from spotfi_cloud.telemetry.service.upkeep import forget_old_rollups, keep_partitions

__all__ = [
    "MAX_STEP_S",
    "Batch",
    "Message",
    "RollUpPlan",
    "Series",
    "close_spans",
    "finish_roll_up",
    "forget_old_rollups",
    "get_live_seconds",
    "keep_partitions",
    "plan_roll_up",
    "read_message",
    "read_series",
    "roll_up_routers",
    "store_batches",
    "watch_live",
]
