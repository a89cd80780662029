"""The unit of work of one HTTP request. The api entrypoint opens and commits it; endpoints only use it."""

from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession


async def _session_of(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


RequestSession = Annotated[AsyncSession, Depends(_session_of)]
"""Parameter type by which an endpoint receives the request's database session."""
