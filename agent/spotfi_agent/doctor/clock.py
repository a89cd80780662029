"""The router's clock, by itself and beside the cloud's."""

import time

from spotfi_agent.clock import is_plausible
from spotfi_agent.cloud_time import ask_time
from spotfi_agent.doctor.finding import Finding
from spotfi_agent.link.endpoint import Endpoint

_MOST_OFF_S = 300
"""Farther off, samples are dated by their arrival instead."""


def check_clock(api: Endpoint, ca_pem: str) -> Finding:
    wall_ms = time.time_ns() // 1_000_000
    now_s = wall_ms // 1000
    said = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now_s))
    remedy = "Set it: on OpenWrt `/etc/init.d/sysntpd restart`; check that UDP port 123 gets out."
    if not is_plausible(wall_ms):
        return Finding("clock", False, f"{said}: it has not been set since the router started", remedy)
    try:
        told_s = ask_time(api.host, api.port, ca_pem)
    except OSError:  # who does not answer is for the next checks to say
        return Finding("clock", True, said)
    if abs(told_s - now_s) <= _MOST_OFF_S:
        return Finding("clock", True, f"{said}, as the cloud's")
    is_ahead = now_s > told_s
    told = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(told_s))
    return Finding("clock", False, f"{said} is {'ahead of' if is_ahead else 'behind'} the cloud's {told}", remedy)
