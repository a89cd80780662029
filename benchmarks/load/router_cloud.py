"""The cloud as one router sees it at its most ordinary: hello is answered with the settings, nothing else happens.

It sees every message, so it also knows when a subject has first been heard of.
"""

import threading
from uuid import UUID

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from spotfi_protocol.codec import encode
from spotfi_protocol.messages import Settings
from spotfi_protocol.topics import Down, Up, down_topic, up_topic


class RouterCloud:
    """Connected to the broker's plain port while open."""

    def __init__(self, port: int, router_id: UUID, interval_s: int) -> None:
        self.messages = 0
        self._router_id = router_id
        self._interval_s = interval_s
        self._heard: dict[str, threading.Event] = {}
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "observer")
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def expect(self, prefix: str) -> threading.Event:
        """Set when a message below this topic has come from now on."""
        event = self._heard[prefix] = threading.Event()
        return event

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        for prefix, event in self._heard.items():
            if message.topic.startswith(prefix):
                event.set()
        if message.topic.startswith(up_topic(self._router_id, Up.TELEMETRY)):
            self.messages += 1
        if message.topic == up_topic(self._router_id, Up.HELLO):
            settings = encode(Settings(self._interval_s).to_wire())
            client.publish(down_topic(self._router_id, Down.SETTINGS), settings, qos=1)
