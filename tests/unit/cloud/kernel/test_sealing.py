"""What is sealed opens only with the same key, for the same purpose, unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.sealing import Sealer, SealError, derive_key

KEY, OTHER_KEY = "k" * 43, "o" * 43


@given(st.binary(max_size=300))
def test_what_was_sealed_opens(plain: bytes) -> None:
    sealer = Sealer(KEY, "test")
    assert sealer.open(sealer.seal(plain)) == plain


def test_the_same_value_is_never_sealed_alike() -> None:
    sealer = Sealer(KEY, "test")
    assert sealer.seal(b"secret") != sealer.seal(b"secret")


@pytest.mark.parametrize("other", [Sealer(OTHER_KEY, "test"), Sealer(KEY, "another purpose")])
def test_another_key_or_purpose_does_not_open(other: Sealer) -> None:
    with pytest.raises(SealError, match="SPOTFI_SECRET_KEY"):
        other.open(Sealer(KEY, "test").seal(b"secret"))


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_noticed(position: int, flip: int) -> None:
    sealed = bytearray(Sealer(KEY, "test").seal(b"secret"))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(SealError):
        Sealer(KEY, "test").open(bytes(sealed))


def test_a_short_secret_is_no_key() -> None:
    with pytest.raises(ValueError, match="32"):
        derive_key("short", "test")
