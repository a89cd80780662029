"""The second factor: TOTP (RFC 6238) codes, each taken once, and recovery codes that stand in for them."""

import hmac
import io
from dataclasses import dataclass
from uuid import UUID

import pyotp
import segno
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.repository import second_factors as repository
from spotfi_cloud.identity.secrets import hash_of
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError, RejectedError
from spotfi_cloud.kernel.sealing import Sealer

TOTP_PURPOSE = "totp-secret"
_ISSUER = "SpotFi"
_STEP_S = 30
_RECOVERY_CODES = 10
_RECOVERY_BYTES = 10


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is given: by hand, by link, or as a picture (SVG)."""

    secret: str
    uri: str
    qr_svg: str


async def start(session: AsyncSession, account_id: UUID, email: str, *, sealer: Sealer, clock: Clock) -> Enrolment:
    """A fresh secret, in force once `confirm` has seen a code of it. ConflictError where one is in force."""
    secret = pyotp.random_base32()
    if not await repository.save_unconfirmed(session, account_id, sealer.seal(secret.encode()), clock.now()):
        msg = "A second factor is in force already; remove it first."
        raise ConflictError(msg)
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)
    picture = io.BytesIO()
    segno.make(uri, micro=False).save(picture, kind="svg", scale=4, xmldecl=False)
    return Enrolment(secret, uri, picture.getvalue().decode())


async def confirm(session: AsyncSession, account_id: UUID, otp: str, *, sealer: Sealer, clock: Clock) -> list[str]:
    """Put the secret in force, by a code of it; the recovery codes, never shown again. RejectedError for a wrong code."""
    factor = await repository.find(session, account_id)
    if factor is None or factor.confirmed_at is not None:
        msg = "There is no second factor to confirm; start with POST /auth/second-factor."
        raise NotFoundError(msg)
    if not await _take_code(session, factor, otp, sealer=sealer, clock=clock):
        msg = "This is not the code the authenticator shows now; check its clock."
        raise RejectedError(msg, field="otp")
    codes = [_recovery_code() for _ in range(_RECOVERY_CODES)]
    await repository.put_in_force(session, account_id, clock.now(), [hash_of(code) for code in codes])
    return codes


async def in_force(session: AsyncSession, account_id: UUID) -> bool:
    """Whether the account has to show a second factor."""
    factor = await repository.find(session, account_id)
    return factor is not None and factor.confirmed_at is not None


async def proves(session: AsyncSession, account_id: UUID, otp: str, *, sealer: Sealer, clock: Clock) -> bool:
    """Whether this is a code of the factor in force, or an unused recovery code; either is used up by it."""
    factor = await repository.find(session, account_id)
    if factor is None or factor.confirmed_at is None:
        return False
    if await _take_code(session, factor, otp, sealer=sealer, clock=clock):
        return True
    return await repository.use_recovery_code(session, account_id, hash_of(_normal(otp)), clock.now())


async def remove(session: AsyncSession, account_id: UUID) -> None:
    """Sign in without second factor from now on; its recovery codes are void."""
    await repository.delete_factor(session, account_id)


async def _take_code(
    session: AsyncSession, factor: repository.SecondFactor, otp: str, *, sealer: Sealer, clock: Clock
) -> bool:
    """Whether the code is that of now or of one step beside it, and of no step that a code was taken of already."""
    totp, digits = pyotp.TOTP(sealer.open(factor.secret_sealed).decode()), otp.replace(" ", "")
    step_now = int(clock.now().timestamp()) // _STEP_S
    for step in (step_now - 1, step_now, step_now + 1):
        if hmac.compare_digest(totp.at(step * _STEP_S).encode(), digits.encode()):
            return await repository.advance(session, factor.account_id, step)
    return False


def _recovery_code() -> str:
    """80 random bits as four groups of letters and digits, in the form `_normal` gives."""
    text = pyotp.random_base32(32)[: _RECOVERY_BYTES * 8 // 5].lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _normal(code: str) -> str:
    """A recovery code as people type it, in the form it was made."""
    letters = "".join(character for character in code.lower() if character.isalnum())
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
