"""Quota balances, and the enforcements that end sessions whose quota is used up."""

from spotfi_cloud.quotas.repository.enforcements import DueEnforcement, EnforcedSession, EnforcementView
from spotfi_cloud.quotas.rules import EnforcementState
from spotfi_cloud.quotas.service.enforcing import (
    claim_due,
    disconnect_session,
    end_lost_session,
    end_silent_sessions,
    enforce_disabled,
    enforcement_of,
    next_due_at,
    record_answer,
)
from spotfi_cloud.quotas.service.recording import record_usage
from spotfi_cloud.quotas.service.usage import Usage, usage_of, verify

__all__ = [
    "DueEnforcement",
    "EnforcedSession",
    "EnforcementState",
    "EnforcementView",
    "Usage",
    "claim_due",
    "disconnect_session",
    "end_lost_session",
    "end_silent_sessions",
    "enforce_disabled",
    "enforcement_of",
    "next_due_at",
    "record_answer",
    "record_usage",
    "usage_of",
    "verify",
]
