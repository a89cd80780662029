"""Terminals on routers, between a browser's WebSocket and the router's agent: live, by MQTT, and never on a disk."""
