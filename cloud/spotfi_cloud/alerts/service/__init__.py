"""Alerts: looking for what is wrong, telling it, and what people do about it."""
