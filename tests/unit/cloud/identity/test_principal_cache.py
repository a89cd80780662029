"""What is kept of a login is young, and is dropped by any change."""

from spotfi_cloud.identity.principal_cache import LONGEST_S, PrincipalCache
from spotfi_cloud.identity.rules import Principal, Role
from spotfi_cloud.kernel.ids import new_id

ADMIN = Principal(new_id(), Role.ADMIN, None)


def test_a_principal_is_kept_for_a_second_from_when_it_was_read() -> None:
    cache = PrincipalCache()
    cache.keep("token", ADMIN, 100.0, cache.generation)
    assert cache.find("token", 100.0) is ADMIN
    assert cache.find("another", 100.0) is None
    assert cache.find("token", 100.0 + LONGEST_S) is None
    assert LONGEST_S <= 1


def test_a_change_drops_everything_also_what_is_being_read_meanwhile() -> None:
    cache = PrincipalCache()
    cache.keep("token", ADMIN, 100.0, cache.generation)
    generation = cache.generation
    cache.drop()
    cache.keep("another", ADMIN, 100.0, generation)
    assert cache.find("token", 100.0) is None
    assert cache.find("another", 100.0) is None
