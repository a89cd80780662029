"""Bodies of the map of routers."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from spotfi_cloud.storage.bodies import ResponseBody


class PositionOut(ResponseBody):
    """Where a router stands, and how it is."""

    id: UUID
    name: str
    latitude: float = Field(description="Degrees north (WGS 84).", examples=[48.2082])
    longitude: float = Field(description="Degrees east.", examples=[16.3738])
    condition: Literal["online", "attention", "offline", "never", "revoked"] = Field(
        description="`never`: not heard of yet, or without agent."
    )


class Positions(ResponseBody):
    """Every router whose place is known."""

    items: list[PositionOut]
    unplaced: int = Field(description="Routers whose place is not known.")
    tiles_url: str | None = Field(
        description="The tile server to draw below them, as `SPOTFI_MAP_TILES_URL` says; null: none.",
        examples=["https://tiles.example.com/{z}/{x}/{y}.png"],
    )
