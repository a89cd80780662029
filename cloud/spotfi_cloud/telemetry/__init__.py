"""Telemetry: samples from routers, and the series made of them."""
