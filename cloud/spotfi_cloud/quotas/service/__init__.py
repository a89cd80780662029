"""Quota balances, and what is told to NASes: which sessions must end, which get other limits."""

from spotfi_cloud.quotas.repository.enforcements import DueEnforcement, EnforcedSession, EnforcementView
from spotfi_cloud.quotas.repository.figures import QuotaEvents
from spotfi_cloud.quotas.rules import LIMITS_CHANGED, Action, EnforcementState, Limits, Reason
from spotfi_cloud.quotas.service.changing import limits_of, note_new_periods, spread_limit_changes
from spotfi_cloud.quotas.service.enforcing import (
    claim_due,
    disconnect_session,
    drop_needless,
    end_lost_session,
    end_silent_sessions,
    end_unthrottled,
    enforce_disabled,
    enforcement_of,
    is_given_up,
    next_due_at,
    record_answer,
    tell_limits,
)
from spotfi_cloud.quotas.service.figures import count_events
from spotfi_cloud.quotas.service.recording import record_usage
from spotfi_cloud.quotas.service.rolling import find_rolled
from spotfi_cloud.quotas.service.usage import Usage, usage_of, verify

__all__ = [
    "LIMITS_CHANGED",
    "Action",
    "DueEnforcement",
    "EnforcedSession",
    "EnforcementState",
    "EnforcementView",
    "Limits",
    "QuotaEvents",
    "Reason",
    "Usage",
    "claim_due",
    "count_events",
    "disconnect_session",
    "drop_needless",
    "end_lost_session",
    "end_silent_sessions",
    "end_unthrottled",
    "enforce_disabled",
    "enforcement_of",
    "find_rolled",
    "is_given_up",
    "limits_of",
    "next_due_at",
    "note_new_periods",
    "record_answer",
    "record_usage",
    "spread_limit_changes",
    "tell_limits",
    "usage_of",
    "verify",
]
