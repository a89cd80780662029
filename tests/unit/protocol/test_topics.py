"""Topics: a router's own, and nobody else's."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.topics import Down, Up, down_topic, every_down, parse_down, parse_up, up_topic


@given(st.uuids(), st.sampled_from(Up), st.sampled_from(Down))
def test_a_topic_says_whose_it_is(router_id: UUID, up: Up, down: Down) -> None:
    assert parse_up(up_topic(router_id, up)) == (router_id, up)
    assert parse_down(down_topic(router_id, down)) == (router_id, down)
    assert down_topic(router_id, down).startswith(every_down(router_id).removesuffix("#"))


@given(st.uuids(), st.sampled_from(Up), st.sampled_from(Down))
def test_the_directions_are_not_mixed_up(router_id: UUID, up: Up, down: Down) -> None:
    with pytest.raises(ProtocolError):
        parse_down(up_topic(router_id, up))
    with pytest.raises(ProtocolError):
        parse_up(down_topic(router_id, down))


ID = "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "spotfi/v1",
        f"spotfi/v2/{ID}/up/hello",
        f"spotfi/v1/{ID.upper().replace('0', 'A')}/up/hello",
        f"spotfi/v1/{ID}/up/hello/",
        f"spotfi/v1/{ID}/up/hello\n",
        f"x/spotfi/v1/{ID}/up/hello",
        f"spotfi/v1/{ID}/up/goodbye",
        f"spotfi/v1/{ID}/up/live/hello",
        f"spotfi/v1/{ID}/up/live/terminal/x",
        "spotfi/v1/+/up/hello",
        "spotfi/v1/#",
    ],
)
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(ProtocolError):
        parse_up(topic)


@given(st.text())
def test_any_text_is_refused_and_nothing_worse(topic: str) -> None:
    with pytest.raises(ProtocolError):
        parse_up(topic)
