"""Only tokens of this installation, of the pinned algorithm and not expired, are accepted."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest

from spotfi_cloud.identity.tokens import ACCESS_TOKEN_LIFE, AccessTokens
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.errors import UnauthenticatedError
from spotfi_cloud.kernel.sealing import derive_key

SECRET_KEY = "one installation's secret key, for tests"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ACCOUNT = uuid4()


def test_a_token_names_its_account_until_it_expires() -> None:
    clock = ManualClock(NOW)
    tokens = AccessTokens(SECRET_KEY, clock)
    session = uuid4()
    token = tokens.issue(ACCOUNT, session)
    clock.advance(ACCESS_TOKEN_LIFE - timedelta(seconds=1))
    assert tokens.read(token) == (ACCOUNT, session)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(UnauthenticatedError, match="expired"):
        tokens.read(token)


def test_another_installations_token_is_refused() -> None:
    token = AccessTokens("another installation's secret key, for tests", ManualClock(NOW)).issue(ACCOUNT)
    with pytest.raises(UnauthenticatedError):
        AccessTokens(SECRET_KEY, ManualClock(NOW)).read(token)


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_only_the_pinned_algorithm_is_accepted(algorithm: str) -> None:
    claims = {"sub": str(ACCOUNT), "aud": "spotfi-api", "exp": NOW + timedelta(hours=1)}
    key = "" if algorithm == "none" else (derive_key(SECRET_KEY, "access-token") * 2).hex()
    with pytest.raises(UnauthenticatedError):
        AccessTokens(SECRET_KEY, ManualClock(NOW)).read(jwt.encode(claims, key, algorithm=algorithm))


@pytest.mark.parametrize("change", [{"sub": "admin"}, {"sub": None}, {"exp": None}, {"aud": "other"}, {"aud": None}])
def test_claims_that_do_not_fit_are_refused(change: dict[str, object]) -> None:
    fitting = {"sub": str(ACCOUNT), "aud": "spotfi-api", "exp": int(NOW.timestamp()) + 60}
    claims = {name: value for name, value in (fitting | change).items() if value is not None}
    token = jwt.encode(claims, derive_key(SECRET_KEY, "access-token"), algorithm="HS256")
    with pytest.raises(UnauthenticatedError):
        AccessTokens(SECRET_KEY, ManualClock(NOW)).read(token)
