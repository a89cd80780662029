"""The role `api`: REST, its documentation, health, and the tunnel of MQTT over WebSocket."""
