"""Password hashes: Mosquitto's format, checked against what Debian's mosquitto_passwd 2.0.11 wrote."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotfi_broker import password_hash

WRITTEN_BY_MOSQUITTO = {
    "a": "$7$101$4lyfBN0D2+0qiw7C$ro7jq5AKuFu6XCP1lauNp6rr62PbeWryJuLd3VBsf7m9AGSmwPL58/kecufje+sjvMeSjLdJYj3ml2TLJkZAuw==",
    "key with spaces": "$7$101$Ss6zujUievxTJDdg"
    "$8hKonlibqAEnLky7OajxRIQjbm60SVs0vKnNTRiDwGnOD6fKk3/BFyo9vGh0W7oGIybn1pLwotSNpdu+eTug9g==",
    "ü": "$7$101$E8xCS6mpW0Ou/o6K$PdDYCRBDfgqFrHFT33txaiuZinpJyQBd1JN4qAcgteFP5EVC3/lUkz8BycJqtd7mVxpqUTbL3WnIe0cHBprjdg==",
}


@pytest.mark.parametrize(("password", "stored"), WRITTEN_BY_MOSQUITTO.items())
def test_hashes_are_mosquittos(password: str, stored: str) -> None:
    assert password_hash.matches(password, stored)
    assert password_hash.make(password, salt=base64.b64decode(stored.split("$")[3])) == stored


@settings(max_examples=20)
@given(st.text(max_size=40), st.text(max_size=40))
def test_only_the_password_itself_matches(password: str, other: str) -> None:
    assert password_hash.matches(other, password_hash.make(password)) is (other == password)


def test_two_hashes_of_one_password_differ() -> None:
    assert password_hash.make("x") != password_hash.make("x")


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "x",
        "$7$",
        "$7$101$$",
        "$6$101$c2FsdA==$aGFzaA==",
        "$7$0$c2FsdA==$aGFzaA==",
        "$7$-1$c2FsdA==$aGFzaA==",
        "$7$9999999999$c2FsdA==$aGFzaA==",
        "$7$101$!$aGFzaA==",
        "$7$101$c2FsdA==$ü",
    ],
)
def test_what_is_no_hash_matches_nothing(stored: str) -> None:
    assert not password_hash.matches("", stored)
