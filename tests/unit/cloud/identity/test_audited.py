"""What the audit log keeps of a row, and what it does not."""

from spotfi_cloud.identity.audited import HIDDEN, Noted, describe

NOTED = Noted(person="id", personal=frozenset({"email"}), quiet=frozenset({"used_at"}), hidden=frozenset({"args"}))


def test_only_what_changed_is_kept() -> None:
    change = describe(NOTED, {"id": "1", "name": "old", "size": 3}, {"id": "1", "name": "new", "size": 3})
    assert change is not None
    assert (change.before, change.after) == ({"name": "old"}, {"name": "new"})


def test_personal_values_stand_apart() -> None:
    change = describe(NOTED, None, {"id": "1", "email": "a@b.test"})
    assert change is not None
    assert (change.before, change.after, change.personal_after) == (None, {"id": "1"}, {"email": "a@b.test"})


def test_secrets_are_only_known_to_have_changed() -> None:
    before = {"password_hash": "x", "radius_secret_sealed": "x", "args": {"a": 1}}
    after = {"password_hash": "y", "radius_secret_sealed": "y", "args": {"a": 2}}
    change = describe(NOTED, before, after)
    assert change is not None
    assert change.after == dict.fromkeys(before, HIDDEN)


def test_what_is_no_news_is_not_kept() -> None:
    assert describe(NOTED, {"used_at": 1, "name": "a"}, {"used_at": 2, "name": "a"}) is None
