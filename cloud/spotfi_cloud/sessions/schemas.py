"""What the API says about sessions."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from spotfi_cloud.sessions.endings import ending_in_words
from spotfi_cloud.sessions.service import SessionView


class SessionOut(BaseModel):
    """A guest's session on one router. Bytes: up = from the guest."""

    id: UUID
    router_id: UUID
    host_id: UUID
    acct_session_id: str = Field(description="The NAS's own name of the session.")
    username: str = Field(description="Masked where the subscriber is another host's.")
    subscriber_id: UUID | None = Field(description="Null where the user is unknown, or another host's.")
    calling_station_id: str = Field(description="The device's MAC address, as the NAS writes it.")
    framed_ip: str
    up_bytes: int
    down_bytes: int
    session_time_s: int
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    terminate_cause: str | None = Field(
        description="Such as `user-request`, `idle-timeout`, `lost-contact`; null: none was given."
    )
    ending: str | None = Field(description="Why it ended, in words; null while it is open.")
    refused_updates: int = Field(description="Updates whose growth was impossible, and not counted.")

    @classmethod
    def of(cls, view: SessionView) -> "SessionOut":
        session = view.session
        return cls(
            id=session.id,
            router_id=session.router_id,
            host_id=session.host_id,
            acct_session_id=session.acct_session_id,
            username=view.username,
            subscriber_id=view.subscriber_id,
            calling_station_id=session.calling_station_id,
            framed_ip=session.framed_ip,
            up_bytes=session.up_bytes,
            down_bytes=session.down_bytes,
            session_time_s=session.session_time_s,
            started_at=session.started_at,
            updated_at=session.updated_at,
            ended_at=session.ended_at,
            terminate_cause=session.terminate_cause or None,
            ending=None if session.ended_at is None else ending_in_words(session.terminate_cause),
            refused_updates=session.refused_updates,
        )


class RouterTrafficOut(BaseModel):
    """Bytes on one router, up = from the guest."""

    model_config = ConfigDict(from_attributes=True)

    router_id: UUID
    up_bytes: int
    down_bytes: int


class HostTrafficOut(BaseModel):
    """Bytes on a host's routers, up = from the guest."""

    host_id: UUID
    up_bytes: int
    down_bytes: int
    by_router: list[RouterTrafficOut]
