"""Where routers are told to connect."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RouterReach:
    """The public names of broker and API, as far as the operator gave any.

    Without one, a router keeps using the name it enrolled by: that one works from where it stands, and it has checked the
    certificate against it.
    """

    mqtt_host: str | None
    mqtt_port: int
    websocket_url: str | None
    https_port: int

    def mqtt_host_for(self, enrolled_by: str) -> str:
        """Host name of the broker for a router that reached the API by that name."""
        return self.mqtt_host or enrolled_by

    def websocket_url_for(self, enrolled_by: str) -> str:
        """URL of the fallback for a router that reached the API by that name."""
        host = f"[{enrolled_by}]" if ":" in enrolled_by else enrolled_by
        return self.websocket_url or f"wss://{host}:{self.https_port}/mqtt"
