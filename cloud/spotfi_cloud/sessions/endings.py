"""Why sessions end, in words. Causes are Acct-Terminate-Cause (RFC 2866 §5.10) and what the cloud itself concludes. Pure."""

_WORDS = {
    "user-request": "The guest logged out.",
    "lost-carrier": "The device left the network.",
    "lost-service": "The router could not go on serving the device.",
    "idle-timeout": "The device was silent for the plan's idle time.",
    "session-timeout": "The session's time or volume was used up.",
    "admin-reset": "It was ended by request: quota, disabled account, or by hand.",
    "admin-reboot": "The router was restarted by its administrator.",
    "port-error": "The router reported an error on its port.",
    "nas-error": "The router reported an error.",
    "nas-request": "The router ended it for a reason of its own.",
    "nas-reboot": "The router restarted.",
    "nas-shutdown": "The router's portal was shut down.",
    "port-preempted": "The router needed the place for another session.",
    "service-unavailable": "The router could not offer the service.",
    "user-error": "The device made an error.",
    "host-request": "The network side ended it.",
    "lost-contact": "The router reported nothing for three intervals, no longer knew it, or had the device in a new session.",
}


def ending_in_words(terminate_cause: str) -> str:
    """Of a session that has ended."""
    if not terminate_cause:
        return "The router gave no reason."
    return _WORDS.get(terminate_cause, f"The router says: {terminate_cause.replace('-', ' ')}.")
