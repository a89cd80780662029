"""Sessions of staff: signing in, fresh access tokens for a refresh token, and the end of sessions.

A refresh token is good once. One that comes a second time was stolen, or the first use was: the whole session ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.repository import sessions as repository
from spotfi_cloud.identity.repository.sessions import StaffSession
from spotfi_cloud.identity.rules import Principal, normal_email
from spotfi_cloud.identity.secrets import hash_of, make_token
from spotfi_cloud.identity.service import accounts, second_factor
from spotfi_cloud.identity.service.brake import Brake
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError, UnauthenticatedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.sealing import Sealer

SESSION_LIFE = timedelta(days=14)
"""How long a session lasts without being used."""
_MAX_USER_AGENT_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody signs in with; `otp` is a TOTP code or a recovery code."""

    email: str
    password: str
    otp: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A session and the refresh token that is good now."""

    account_id: UUID
    session_id: UUID
    refresh_token: str


class WrongLoginError(UnauthenticatedError):
    """E-mail, password or code is wrong. The failure has been counted."""

    keeps_work = True


class WrongCodeError(WrongLoginError):
    """The password is right and the second factor is not. The failure has been counted."""

    code = "second_factor_wrong"


class SecondFactorRequiredError(UnauthenticatedError):
    """The password is right; the account has a second factor, which is to be sent along."""

    code = "second_factor_required"


class ReusedTokenError(UnauthenticatedError):
    """A refresh token came a second time; its session has been ended."""

    code = "refresh_token_reused"
    keeps_work = True


async def open_session(
    session: AsyncSession, credentials: Credentials, client: Client, *, sealer: Sealer, clock: Clock
) -> Opened:
    """Sign in. WrongLoginError, SecondFactorRequiredError; TooManySignInsError where the client failed too often.

    `sealer`: of second_factor.TOTP_PURPOSE.
    """
    brake = Brake(normal_email(credentials.email), client.address)
    await brake.check(session, clock=clock)
    try:
        principal = await accounts.sign_in(session, credentials.email, credentials.password)
    except UnauthenticatedError as error:
        await brake.note_failure(session, clock=clock)
        raise WrongLoginError(error.message) from error
    if await second_factor.in_force(session, principal.account_id):
        await _check_code(session, principal.account_id, credentials.otp, brake, sealer=sealer, clock=clock)
    await brake.note_success(session)
    return await _open(session, principal.account_id, client, clock=clock)


async def _check_code(
    session: AsyncSession, account_id: UUID, otp: str | None, brake: Brake, *, sealer: Sealer, clock: Clock
) -> None:
    if not otp:
        msg = "This account has a second factor: send its code, or a recovery code, as `otp`."
        raise SecondFactorRequiredError(msg)
    if not await second_factor.proves(session, account_id, otp, sealer=sealer, clock=clock):
        await brake.note_failure(session, clock=clock)
        msg = "This code is wrong, or was used already. Wait for the next one."
        raise WrongCodeError(msg)


async def _open(session: AsyncSession, account_id: UUID, client: Client, *, clock: Clock) -> Opened:
    now, session_id, token = clock.now(), new_id(), make_token()
    await repository.add_session(
        session,
        {
            "id": session_id,
            "account_id": account_id,
            "created_at": now,
            "used_at": now,
            "expires_at": now + SESSION_LIFE,
            "address": client.address,
            "user_agent": client.user_agent[:_MAX_USER_AGENT_CHARACTERS],
        },
    )
    await repository.add_token(session, hash_of(token), session_id)
    return Opened(account_id, session_id, token)


async def refresh(session: AsyncSession, refresh_token: str, *, clock: Clock) -> Opened:
    """Trade a refresh token for the next one. ReusedTokenError ends the session; UnauthenticatedError for any other."""
    now, token_hash = clock.now(), hash_of(refresh_token)
    session_id = await repository.use_token(session, token_hash, now)
    if session_id is None:
        await _end_if_reused(session, token_hash, clock=clock)
        raise _void()
    found = await repository.find_session(session, session_id)
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        raise _void()
    await accounts.find_principal(session, found.account_id)
    token = make_token()
    await repository.add_token(session, hash_of(token), session_id)
    await repository.extend_session(session, session_id, now, now + SESSION_LIFE)
    return Opened(found.account_id, session_id, token)


async def _end_if_reused(session: AsyncSession, token_hash: bytes, *, clock: Clock) -> None:
    session_id = await repository.session_of_token(session, token_hash)
    if session_id is not None and await repository.revoke_sessions(session, clock.now(), session_id=session_id):
        msg = "This refresh token was used before, so somebody else may have it: the session has been ended. Sign in."
        raise ReusedTokenError(msg)


def _void() -> UnauthenticatedError:
    return UnauthenticatedError("This refresh token is not valid any more. Sign in again.")


async def list_sessions(session: AsyncSession, principal: Principal, *, clock: Clock) -> Sequence[StaffSession]:
    """One's own open sessions, newest first."""
    return await repository.sessions_of(session, principal.account_id, clock.now())


async def end_session(session: AsyncSession, principal: Principal, session_id: UUID, *, clock: Clock) -> None:
    """End one of one's own sessions, at once for its access token too. NotFoundError for any other."""
    done = await repository.revoke_sessions(
        session, clock.now(), account_id=principal.account_id, session_id=session_id
    )
    if not done:
        msg = "You have no open session with this id."
        raise NotFoundError(msg)


async def forget_old_sessions(session: AsyncSession, *, clock: Clock) -> int:
    """Delete sessions that expired long ago; how many."""
    return await repository.delete_expired(session, clock.now() - SESSION_LIFE)
