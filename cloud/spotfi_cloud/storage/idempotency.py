"""Idempotency keys: a request that creates something, sent again with its key, creates nothing and gets the same answer.

The key is claimed and the answer kept in the transaction of the effect: both happen or neither. A second request with the key
waits for the first one's end. Answers are sealed, for they may hold secrets that no other answer shows again.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.storage.base import Base

LIFE = timedelta(hours=24)
ANSWER_PURPOSE = "idempotent-answer"
REQUEST_PURPOSE = "idempotent-request"
"""What the Sealer of kept answers, and the key of request hashes, are made for."""


class IdempotencyKey(Base):
    """A key somebody used, what for, and what they were answered."""

    __tablename__ = "idempotency_keys"

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    answer_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]


class KeyReusedError(ConflictError):
    """The key was used for another request."""

    code = "idempotency_key_reused"


def hash_request(secret: bytes, method: str, path: str, body: bytes) -> str:
    """The same for the same request. Keyed, because a body may hold a password."""
    digest = hmac.new(secret, digestmod=hashlib.sha256)
    for part in (method.encode(), path.encode(), body):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


async def claim_key(
    session: AsyncSession, principal_id: UUID, key: str, request_hash: str, now: datetime
) -> bytes | None:
    """Claim the key for this transaction, or return the sealed answer it was claimed for within LIFE.

    KeyReusedError where it was another request.
    """
    mine = IdempotencyKey.principal_id == principal_id
    await session.execute(delete(IdempotencyKey).where(mine, IdempotencyKey.created_at < now - LIFE))
    values = {"principal_id": principal_id, "key": key, "request_hash": request_hash, "created_at": now}
    claim = insert(IdempotencyKey).values(**values).on_conflict_do_nothing().returning(IdempotencyKey.key)
    if await session.scalar(claim) is not None:
        return None
    known = await session.execute(
        select(IdempotencyKey.request_hash, IdempotencyKey.answer_sealed).where(mine, IdempotencyKey.key == key)
    )
    known_hash, answer = known.one()
    if known_hash != request_hash or answer is None:
        msg = "This Idempotency-Key was used for another request. Take a new key for a new request."
        raise KeyReusedError(msg, field="Idempotency-Key")
    kept: bytes = answer
    return kept


async def keep_answer(session: AsyncSession, principal_id: UUID, key: str, answer_sealed: bytes) -> None:
    """Keep what the request that claimed the key is answered."""
    claimed = (IdempotencyKey.principal_id == principal_id, IdempotencyKey.key == key)
    await session.execute(update(IdempotencyKey).where(*claimed).values(answer_sealed=answer_sealed))
