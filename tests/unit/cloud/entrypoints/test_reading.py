"""Whatever a stranger publishes is either a message of the contract or is dropped with a reason."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.entrypoints.ingest.link import Delivery
from spotfi_cloud.entrypoints.ingest.reading import DroppedError, read
from spotfi_protocol.codec import encode
from spotfi_protocol.messages import Result, ResultState, Stamp
from spotfi_protocol.topics import Up, up_topic

ROUTER = uuid4()


def delivery(topic: str, payload: bytes | None) -> Delivery:
    return Delivery(topic, payload, mid=1, qos=1, connection=1)


def reason(topic: str, payload: bytes | None) -> str:
    with pytest.raises(DroppedError) as caught:
        read(delivery(topic, payload))
    return caught.value.reason


def test_reasons_for_dropping() -> None:
    assert reason("spotfi/v1/nobody/up/hello", b"") == "unknown_topic"
    assert reason(f"spotfi/v1/{ROUTER}/down/command", b"") == "unknown_topic"
    assert reason(f"spotfi/v1/{ROUTER}/up/joke", b"") == "unknown_topic"
    assert reason(up_topic(ROUTER, Up.HELLO), None) == "oversized"
    assert reason(up_topic(ROUTER, Up.HELLO), b"hello") == "undecodable"
    assert reason(up_topic(ROUTER, Up.HELLO), encode({"boot_id": "?"})) == "undecodable"


@given(st.sampled_from(Up), st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: b"\x01" + tail))
def test_no_payload_raises_anything_else(kind: Up, payload: bytes) -> None:
    try:
        read(delivery(up_topic(ROUTER, kind), payload))
    except DroppedError as error:
        assert error.reason == "undecodable"  # noqa: PT017 - a payload that happens to fit is fine too


def test_text_that_postgresql_cannot_store_is_dropped() -> None:
    for message in ("a\0b", "a\ud800"):
        result = Result(Stamp(uuid4(), 1, 2, 3), uuid4(), ResultState.FAILED, {"message": message})
        assert reason(up_topic(ROUTER, Up.RESULT), encode(result.to_wire())) == "undecodable"


def test_a_deeply_nested_payload_is_dropped() -> None:
    nested: object = 1
    for _ in range(600):
        nested = [nested]
    topic = up_topic(ROUTER, Up.RESULT)
    payload = encode({"detail": {"deep": nested}})
    assert reason(topic, payload) == "undecodable"
