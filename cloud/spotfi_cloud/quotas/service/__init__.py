"""Quota balances, and what is told to NASes: which sessions must end, which get other limits."""

from spotfi_cloud.quotas.repository.enforcements import DueEnforcement, EnforcedSession, EnforcementView
from spotfi_cloud.quotas.rules import Action, EnforcementState, Limits
from spotfi_cloud.quotas.service.changing import limits_of, spread_limit_changes
from spotfi_cloud.quotas.service.enforcing import (
    claim_due,
    disconnect_session,
    end_lost_session,
    end_silent_sessions,
    enforce_disabled,
    enforcement_of,
    next_due_at,
    record_answer,
    tell_limits,
)
from spotfi_cloud.quotas.service.figures import QuotaEvents, count_events
from spotfi_cloud.quotas.service.recording import record_usage
from spotfi_cloud.quotas.service.usage import Usage, usage_of, verify

__all__ = [
    "Action",
    "DueEnforcement",
    "EnforcedSession",
    "EnforcementState",
    "EnforcementView",
    "Limits",
    "QuotaEvents",
    "Usage",
    "claim_due",
    "count_events",
    "disconnect_session",
    "end_lost_session",
    "end_silent_sessions",
    "enforce_disabled",
    "enforcement_of",
    "limits_of",
    "next_due_at",
    "record_answer",
    "record_usage",
    "spread_limit_changes",
    "tell_limits",
    "usage_of",
    "verify",
]
