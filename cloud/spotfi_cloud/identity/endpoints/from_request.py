"""What identity's endpoints take from a request: the client, and sealers under the installation's key."""

from typing import Annotated

from fastapi import Depends, Request

from spotfi_cloud.identity.service.second_factor import TOTP_PURPOSE
from spotfi_cloud.identity.service.sessions import Client
from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.kernel.sealing import Sealer


async def _client(request: Request) -> Client:
    address = "unknown" if request.client is None else request.client.host
    return Client(address, request.headers.get("user-agent", ""))


async def _totp_sealer(request: Request) -> Sealer:
    return Sealer(request.app.state.secret_key, TOTP_PURPOSE)


def require_mail(request: Request) -> None:
    """DependencyError where this installation sends no e-mail."""
    if not request.app.state.sends_mail:
        msg = "This installation sends no e-mail; its Admin would have to set SPOTFI_SMTP_URL."
        raise RejectedError(msg)


RequestClient = Annotated[Client, Depends(_client)]
TotpSealer = Annotated[Sealer, Depends(_totp_sealer)]
