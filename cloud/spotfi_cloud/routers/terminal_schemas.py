"""Bodies of terminals."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from spotfi_cloud.storage.bodies import ResponseBody


class TerminalTicket(ResponseBody):
    """Leave to open one terminal, soon and once."""

    id: UUID = Field(description="The terminal's id, by which the audit log knows it.")
    router_id: UUID
    ticket: str = Field(description="Shown only now. For the WebSocket's subprotocols; never for a URL.")
    expires_at: datetime
