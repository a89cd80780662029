"""`Idempotency-Key` over HTTP: the parameter type `Once`, by which an endpoint creates something once, however often asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.sealing import Sealer, derive_key
from spotfi_cloud.storage.idempotency import ANSWER_PURPOSE, REQUEST_PURPOSE, claim_key, hash_request, keep_answer
from spotfi_cloud.storage.request import RequestSession

ModelT = TypeVar("ModelT", bound=BaseModel)
REPLAYED_HEADER = "Idempotency-Replayed"

IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own. The same key and request again, within a day, give the same answer.",
        examples=["3d7c1d0e-order-17"],
    ),
]


@dataclass(frozen=True, slots=True)
class OnceOnly:
    """One request that may have been answered before."""

    request: Request
    response: Response
    session: RequestSession
    principal: SignedIn
    key: str | None

    async def __call__(self, answer: type[ModelT], make: Callable[[], Awaitable[ModelT]]) -> ModelT:
        """What `make` makes; with a key that was used for the same request, what that was answered.

        KeyReusedError for a key that was used for another request.
        """
        if self.key is None:
            return await make()
        state = self.request.app.state
        clock: Clock = state.clock
        sealer = Sealer(state.secret_key, ANSWER_PURPOSE)
        secret = derive_key(state.secret_key, REQUEST_PURPOSE)
        request_hash = hash_request(secret, self.request.method, self.request.url.path, await self.request.body())
        account_id = self.principal.account_id
        kept = await claim_key(self.session, account_id, self.key, request_hash, clock.now())
        if kept is not None:
            self.response.headers[REPLAYED_HEADER] = "true"
            return answer.model_validate_json(sealer.open(kept))
        made = await make()
        await keep_answer(self.session, account_id, self.key, sealer.seal(made.model_dump_json().encode()))
        return made


async def _once(
    request: Request,
    response: Response,
    session: RequestSession,
    principal: SignedIn,
    key: IdempotencyKeyHeader = None,
) -> OnceOnly:
    return OnceOnly(request, response, session, principal, key)


Once = Annotated[OnceOnly, Depends(_once)]
"""Parameter type by which an endpoint does what it creates once: `return await once(PlanOut, make)`."""
