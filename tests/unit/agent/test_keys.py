"""Whatever moment the power is cut at while a key is replaced, one of the keys on flash opens."""

from pathlib import Path
from uuid import uuid4

from spotfi_agent.identity import load_identity, save_identity
from spotfi_agent.keys import KeyRing
from spotfi_agent.places import Places
from spotfi_protocol.enrolment import EnrolmentGrant


def ring(places: Places, current: str = "") -> KeyRing:
    """`current`: the key that the API accepts."""
    return KeyRing(places, load_identity(places.identity), lambda key: key == current)


def enrolled(folder: Path) -> Places:
    places = Places(folder, folder / "run")
    save_identity(places.identity, EnrolmentGrant(uuid4(), "old", "localhost", 8883, "wss://localhost/mqtt", "pem"))
    return places


def test_the_next_key_is_tried_first_and_the_old_one_when_it_is_refused(tmp_path: Path) -> None:
    places = enrolled(tmp_path)
    keys = ring(places)
    new = keys.propose(uuid4())
    assert new is not None
    assert keys.current == "old"  # the cloud does not know it yet
    keys.use_next()
    assert keys.current == new
    assert keys.refused()
    assert keys.current == "old"
    keys.accepted("old")
    assert keys.current == new  # on the next connection again
    assert keys.propose(uuid4()) is None
    keys.accepted(new)
    assert (keys.current, load_identity(places.identity).device_key, places.next_key.exists()) == (new, new, False)


def test_a_refusal_before_the_clouds_word_came_back_leads_to_the_next_key_at_once(tmp_path: Path) -> None:
    """The cloud hangs up on who is connected by the old key; its acknowledgement may be lost in that."""
    keys = ring(enrolled(tmp_path))
    new = keys.propose(uuid4())
    assert keys.current == "old"
    assert keys.refused()
    assert keys.current == new
    assert not keys.refused()  # neither opens: wait, and go on trying both
    assert keys.current == "old"
    assert keys.refused()
    keys.accepted(str(new))
    assert not keys.use_next()  # it is the key already, so nothing has to be dialled again
    assert not keys.refused()


def test_a_start_between_any_two_steps_knows_both_keys(tmp_path: Path) -> None:
    places = enrolled(tmp_path)
    new = ring(places).propose(uuid4())
    again = ring(places)
    assert again.current == new
    assert again.refused()
    assert again.current == "old"
    assert not again.refused()  # both were refused: revoked, then
    assert places.next_key.stat().st_mode & 0o077 == 0


def test_a_key_nobody_was_told_of_is_forgotten(tmp_path: Path) -> None:
    places = enrolled(tmp_path)
    keys, command_id = ring(places), uuid4()
    keys.propose(command_id)
    keys.recall({uuid4()}, set())
    assert places.next_key.exists()
    keys.recall({command_id}, set())
    assert (keys.current, places.next_key.exists()) == ("old", False)


def test_a_key_the_cloud_decided_against_is_forgotten_on_the_apis_word_alone(tmp_path: Path) -> None:
    places = enrolled(tmp_path)
    behind, keys = ring(places, current="new"), ring(places, current="old")
    for each in (behind, keys):
        assert each.propose(uuid4()) is not None
        each.use_next()
        assert each.refused()
    behind.accepted("old")  # by a broker that has not heard of the new key yet
    assert places.next_key.exists()
    keys.accepted("old")
    assert (keys.current, places.next_key.exists()) == ("old", False)
    assert not keys.refused()
    assert keys.propose(uuid4()) is not None


def test_a_key_is_not_forgotten_before_the_cloud_has_acted_on_it(tmp_path: Path) -> None:
    """Its result is in the journal still; the cloud will take the key when it comes."""
    places, command_id = enrolled(tmp_path), uuid4()
    ring(places).propose(command_id)
    keys = ring(places, current="old")
    keys.recall(set(), {command_id})
    assert keys.refused()
    keys.accepted("old")
    assert places.next_key.exists()
    confirmed = ring(places, current="old")
    confirmed.recall(set(), set())
    assert confirmed.refused()
    confirmed.accepted("old")
    assert not places.next_key.exists()
