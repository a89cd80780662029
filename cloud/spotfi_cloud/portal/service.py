"""A guest's visit: which hotspot they stand at, whether the router's link is genuine, who they are, and logging in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hmac import compare_digest
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.access import service as access
from spotfi_cloud.access.rules import Account, Refusal
from spotfi_cloud.hosts.branding import Branding, Logo
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_branding, get_host
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError, RejectedError
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.portal.guest_token import Guest
from spotfi_cloud.portal.rules import Standing, proof_for, standing_of
from spotfi_cloud.portal.uam import Link, LinkError, Lock, Result, is_signed, may_be_sent_to, read_link
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.routers.service.uam import UAM_SECRET_PURPOSE, find_spot, open_uam_secret
from spotfi_cloud.subscribers.passwords import hash_fits
from spotfi_cloud.subscribers.service import PASSWORD_PURPOSE
from spotfi_cloud.subscribers.service.code_tries import TooManyCodesError, try_code, try_secret

__all__ = ["Entered", "Keys", "LinkRefusedError", "Spot", "TooManyCodesError", "Visit"]
_RECENT = timedelta(minutes=10)


class LinkRefusedError(RejectedError):
    """The link a guest came by is broken, another hotspot's, or not signed by the router it names. The message is the name
    of a text."""

    code = "uam_link_refused"


@dataclass(frozen=True, slots=True)
class Keys:
    """What of the installation's secret key the page needs, and the installation's time zone."""

    passwords: Sealer
    uam_secrets: Sealer
    clock: Clock
    default_zone: str

    @classmethod
    def derive(cls, secret_key: str, clock: Clock, default_zone: str) -> "Keys":
        return cls(Sealer(secret_key, PASSWORD_PURPOSE), Sealer(secret_key, UAM_SECRET_PURPOSE), clock, default_zone)


@dataclass(frozen=True, slots=True)
class Spot:
    """Whose page it is: a host's."""

    branding: Branding
    zone: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A guest at a router of the host's, as its link says. `vouched`: the router signed it. `needs_pap`: see `proof_for`."""

    host_id: UUID
    router_id: UUID
    nas_kind: NasKind
    link: Link
    vouched: bool
    needs_pap: bool
    secret: bytes = field(repr=False)

    @property
    def user_url(self) -> str | None:
        """Where the guest was going; None unless the router vouches for it."""
        return self.link.user_url if self.vouched else None

    @property
    def lock(self) -> Lock | None:
        """What a password is proven under; None where the link brings no challenge."""
        challenge = self.link.challenge
        return None if challenge is None else Lock(challenge, self.secret, self.nas_kind)


async def find_spot_of(session: AsyncSession, key: str) -> Spot:
    """The page below this key: a host's id, or the NAS identifier of one of its routers. NotFoundError for any other."""
    host_id = await _host_id_of(session, key)
    branding = await get_branding(session, host_id)
    return Spot(branding, (await get_host(session, Scope.of(host_id), host_id)).timezone)


async def logo_of(session: AsyncSession, key: str) -> Logo:
    """The logo on that page. NotFoundError where there is none."""
    logo = (await find_spot_of(session, key)).branding.logo
    if logo is None:
        msg = "There is no logo here."
        raise NotFoundError(msg)
    return logo


async def _host_id_of(session: AsyncSession, key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        router = await find_spot(session, key)
    if router is None:
        msg = "page_unknown"
        raise NotFoundError(msg)
    return router.host_id


async def read_visit(
    session: AsyncSession, spot: Spot, addresses: Sequence[bytes], query: bytes, *, keys: Keys
) -> Visit | None:
    """The visit that the query of the page's address tells of; None where no router sent the guest. LinkRefusedError.

    `addresses`: how the router may have been told to write the page's address, up to the question mark.
    """
    try:
        link = read_link(query)
    except LinkError as error:
        raise LinkRefusedError("link_broken", field=str(error)) from error
    if link is None:
        return None
    if link.result is Result.NOT_YET and link.challenge is None:
        raise LinkRefusedError("link_broken", field="challenge")
    router = await find_spot(session, link.nas_identifier)
    if router is None or router.host_id != spot.branding.host_id or not may_be_sent_to(link, router.address):
        raise LinkRefusedError("link_foreign", field="nasid")
    secret = open_uam_secret(router, keys.uam_secrets)
    vouched = is_signed(addresses, query, secret)
    if secret and not vouched:
        raise LinkRefusedError("link_unsigned", field="md")
    needs_pap = router.legacy_radius and router.address is None
    return Visit(router.host_id, router.id, NasKind(router.nas_kind), link, vouched, needs_pap, secret)


async def standing_of_guest(
    session: AsyncSession, guest: Guest | None, visit: Visit | None, *, keys: Keys
) -> Standing | None:
    """How the account of a guest stands who proved its password before; None where it is gone, or there is no guest."""
    if guest is None:
        return None
    account = await _find_account(session, guest.username, keys)
    if account is None or account.subscriber_id != guest.subscriber_id:
        return None
    device = guest.device if visit is None else visit.link.device
    return standing_of(account, device, keys.clock.now())


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody has proved a password. `proof`: for the router's logon; None: there is a `refusal`, or no challenge."""

    account: Account
    refusal: Refusal | None
    proof: dict[str, str] | None
    too_long: bool = False
    """The password is, for this kind of router."""


async def enter_with_code(session: AsyncSession, visit: Visit, typed: str, *, keys: Keys) -> Entered | None:
    """Log in with a voucher; None for a code nobody has. TooManyCodesError."""
    voucher = await try_code(session, visit.router_id, visit.link.device, typed, clock=keys.clock)
    account = None if voucher is None else await _find_account(session, voucher.username, keys)
    return None if account is None else _enter(visit, account, account.password, keys)


async def enter_with_password(
    session: AsyncSession, visit: Visit, username: str, password: str, *, keys: Keys
) -> Entered | None:
    """Log in with an account; None for a wrong name or password, which look the same. TooManyCodesError."""
    look = partial(_find_by_password, session, username, password.encode(), keys)
    account = await try_secret(session, visit.router_id, visit.link.device, look, clock=keys.clock)
    return None if account is None else _enter(visit, account, password.encode(), keys)


async def _find_by_password(session: AsyncSession, username: str, password: bytes, keys: Keys) -> Account | None:
    account = await _find_account(session, username, keys)
    if account is None:
        return None
    if account.password_hash:
        fits = await asyncio.to_thread(hash_fits, password, account.password_hash)
    else:
        fits = compare_digest(password, account.password)
    return account if fits else None


def _enter(visit: Visit, account: Account, password: bytes, keys: Keys) -> Entered:
    standing = standing_of(account, visit.link.device, keys.clock.now())
    if standing.refusal is not None or visit.lock is None:
        return Entered(account, standing.refusal, None)
    proof = proof_for(account, password, visit.lock, needs_pap=visit.needs_pap)
    return Entered(account, None, proof, too_long=proof is None)


async def why_refused(session: AsyncSession, visit: Visit, *, keys: Keys) -> tuple[Refusal, Account | None] | None:
    """Why the device's last login on the router was refused, for words with dates; None where that is not known.

    Told only to whom a router vouches for: addresses of devices can be made up.
    """
    if not visit.vouched:
        return None
    since = keys.clock.now() - _RECENT
    attempt = await access.last_attempt_of(session, visit.router_id, visit.link.device, since)
    if attempt is None or attempt.outcome not in access.REFUSALS:
        return None
    reason = Refusal(attempt.outcome)
    if reason in {Refusal.UNKNOWN, Refusal.WRONG_PASSWORD, Refusal.NEEDS_PAP}:
        return reason, None
    account = await _find_account(session, attempt.username, keys)
    now_refused = None if account is None else standing_of(account, visit.link.device, keys.clock.now()).refusal
    return None if now_refused is None else (now_refused, account)


async def _find_account(session: AsyncSession, username: str, keys: Keys) -> Account | None:
    """As RADIUS finds it, by the connection of this unit of work."""
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, psycopg.AsyncConnection)
    found = await access.find_accounts(
        connection, [username], keys.passwords, clock=keys.clock, default_zone=keys.default_zone
    )
    return found.get(username)
