"""What happens when a quota of a plan is used up."""

from enum import StrEnum


class AtLimit(StrEnum):
    """`end`: sessions end, and none begins until there is quota again. `throttle`: they go on, and begin, at the throttled
    speed. `continue`: nothing but an event."""

    END = "end"
    THROTTLE = "throttle"
    CONTINUE = "continue"
