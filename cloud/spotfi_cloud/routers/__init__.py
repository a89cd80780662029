"""Routers: inventory, enrolment and device keys, presence, commands."""
