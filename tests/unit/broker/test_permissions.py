"""Who may touch which topic: the whole table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_broker.permissions import CLOUD, matches, may_publish, may_subscribe, router_of

ME = "019b1234-0000-7000-8000-000000000001"
OTHER = "019b1234-0000-7000-8000-000000000002"


@pytest.mark.parametrize(
    ("topic", "router_may", "cloud_may"),
    [
        (f"spotfi/v1/{ME}/up/hello", True, True),
        (f"spotfi/v1/{ME}/up/a/b/c", True, True),
        (f"spotfi/v1/{ME}/down/command", False, True),
        (f"spotfi/v1/{OTHER}/up/hello", False, True),
        (f"spotfi/v1/{ME}/up/", False, True),
        (f"spotfi/v1/{ME}/up", False, True),
        (f"spotfi/v1/{ME}/upper/x", False, True),
        (f"spotfi/v1/{ME}x/up/hello", False, True),
        (f"spotfi/v1/{ME}/up/+", False, False),
        (f"spotfi/v1/{ME}/up/#", False, False),
        (f"spotfi/v2/{ME}/up/hello", False, False),
        (f"/spotfi/v1/{ME}/up/hello", False, False),
        ("$SYS/broker/uptime", False, False),
        ("spotfi/v1/", False, False),
        ("", False, False),
        (f"spotfi/v1/{ME}/up/\x00", False, False),
        (f"spotfi/v1/{ME}/up/" + "x" * 300, False, False),
    ],
)
def test_publishing(topic: str, router_may: bool, cloud_may: bool) -> None:
    assert (may_publish(ME, topic), may_publish(CLOUD, topic)) == (router_may, cloud_may)


@pytest.mark.parametrize(
    ("topic_filter", "router_may", "cloud_may"),
    [
        (f"spotfi/v1/{ME}/down/#", True, True),
        (f"spotfi/v1/{ME}/down/+", True, True),
        (f"spotfi/v1/{ME}/down/command", True, True),
        (f"spotfi/v1/{ME}/down/", False, True),
        (f"spotfi/v1/{ME}/down", False, True),
        (f"spotfi/v1/{ME}/up/#", False, True),
        (f"spotfi/v1/{ME}/#", False, True),
        (f"spotfi/v1/{ME}/+/#", False, True),
        (f"spotfi/v1/{OTHER}/down/#", False, True),
        ("spotfi/v1/+/down/#", False, True),
        ("spotfi/v1/+/up/#", False, True),
        ("spotfi/v1/#", False, True),
        ("spotfi/#", False, False),
        ("#", False, False),
        ("+/+/+/+/+", False, False),
        ("$SYS/#", False, False),
        (f"$share/g/spotfi/v1/{ME}/down/#", False, False),
        (f"spotfi/v1/{ME}/down/#/x", False, False),
        (f"spotfi/v1/{ME}/down/x#", False, False),
        (f"spotfi/v1/{ME}/down/+x", False, False),
        (f"spotfi/v1/{ME}/down/x+/y", False, False),
    ],
)
def test_subscribing(topic_filter: str, router_may: bool, cloud_may: bool) -> None:
    assert (may_subscribe(ME, topic_filter), may_subscribe(CLOUD, topic_filter)) == (router_may, cloud_may)


@pytest.mark.parametrize("user", ["", "+", "#", "a/b", "$share/x", "spotfi-cloud2"])
def test_no_user_name_opens_anothers_topics(user: str) -> None:
    """Such a user is never let in; if it were, it would still reach nobody's topics."""
    assert not may_publish(user, f"spotfi/v1/{ME}/up/hello")
    assert not may_subscribe(user, f"spotfi/v1/{ME}/down/#")


@pytest.mark.parametrize(
    ("topic_filter", "topic", "covered"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a/b/c", False),
        ("a/+", "a", False),
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("a/#", "b/a", False),
        ("+/b/#", "a/b", True),
        ("+/+", "a/", True),
    ],
)
def test_matching(topic_filter: str, topic: str, covered: bool) -> None:
    assert matches(topic_filter, topic) is covered


def test_the_router_a_topic_names() -> None:
    assert router_of(f"spotfi/v1/{ME}/up/hello") == ME
    assert [router_of(topic) for topic in ("", "spotfi/v1", "spotfi/v2/x/up", "x/spotfi/v1/y")] == [""] * 4


_level = st.text(alphabet="ab+#$/", max_size=3)


@given(st.lists(_level, max_size=6).map("/".join))
def test_what_a_router_may_subscribe_to_covers_only_its_own(topic_filter: str) -> None:
    for candidate in (topic_filter, f"spotfi/v1/{topic_filter}", f"spotfi/v1/{ME}/{topic_filter}"):
        if may_subscribe(ME, candidate):
            assert not matches(candidate, f"spotfi/v1/{OTHER}/down/command")
            assert not matches(candidate, f"spotfi/v1/{ME}/up/hello")
