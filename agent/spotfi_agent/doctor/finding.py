"""What one check of the doctor's found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it is well, and if not, what is wrong and what to do."""

    check: str
    is_well: bool
    said: str
    remedy: str = ""


ENROL_AGAIN = "Get a new code from the dashboard and enrol again: spotfi-agent enroll URL"
