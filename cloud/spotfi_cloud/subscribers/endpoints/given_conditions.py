"""What the entrypoint gives to whatever touches assignments, as a parameter type."""

from typing import Annotated

from fastapi import Depends, Request

from spotfi_cloud.subscribers.service import Conditions


async def _conditions(request: Request) -> Conditions:
    state = request.app.state
    return Conditions(state.clock, state.timezone, state.used_bytes)


GivenConditions = Annotated[Conditions, Depends(_conditions)]
"""Parameter type by which an endpoint receives the conditions of assignments."""
