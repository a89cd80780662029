"""`speed_test`: how fast the router's way to the cloud is, down and up, over HTTPS with the router's own key.

Arguments: `megabytes` (at most so many each way, 1 to 100, else 10). Each way ends after ten seconds, whatever it got.
Detail of the result: down_bps and up_bps (bits per second), down_bytes, up_bytes, and as in streaming.
"""

from spotfi_agent.commands import arguments
from spotfi_agent.commands.device import Device
from spotfi_agent.commands.order import Order, Outcome, Output, failed, succeeded
from spotfi_agent.commands.streaming import Stream

_MEGABYTE = 1_000_000


class SpeedTestHandler:
    """Against the cloud's API."""

    kind = "speed_test"
    lane = "speed_test"
    limit_s = 60.0

    def __init__(self, device: Device) -> None:
        self._device = device

    def run(self, order: Order, output: Output) -> Outcome | None:
        from spotfi_agent.commands import cloud_api, cloud_speed  # noqa: PLC0415 - HTTP costs a router two megabytes

        most_bytes = arguments.whole(order.command.args, "megabytes", 10, 1, 100) * _MEGABYTE
        stream = Stream(output)
        figures: dict[str, int] = {}
        for way, measure in (("down", cloud_speed.measure_down), ("up", cloud_speed.measure_up)):
            try:
                size_bytes, seconds = measure(self._device, most_bytes, output)
            except cloud_api.UnreachedError as error:
                return failed(
                    f"The cloud's API at {self._device.api_host} was not reached: {error}.", **figures, **stream.facts()
                )
            bits_per_s = round(size_bytes * 8 / seconds) if seconds > 0 else 0
            figures |= {f"{way}_bps": bits_per_s, f"{way}_bytes": size_bytes}
            stream.say(f"{way}: {bits_per_s / 1e6:.2f} Mbit/s\n".encode())
        message = f"{figures['down_bps'] / 1e6:.1f} Mbit/s down, {figures['up_bps'] / 1e6:.1f} Mbit/s up."
        return succeeded(message, **figures, **stream.facts())
