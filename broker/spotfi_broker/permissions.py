"""Who may publish and subscribe where: pure decisions over user names, topics and filters (MQTT 3.1.1 §4.7).

A router's user name is its id. It writes below its own `up/` and reads below its own `down/`; the cloud does both
everywhere below the prefix. `mosquitto/acl` says the same to Mosquitto.
"""

from spotfi_protocol.topics import PREFIX

CLOUD = "spotfi-cloud"
"""User name of the cloud's own processes."""
MAX_TOPIC_CHARACTERS = 256

_PREFIX_LEVELS = tuple(PREFIX.split("/"))
_ROUTER_LEVEL = len(_PREFIX_LEVELS)


def may_publish(user: str, topic: str) -> bool:
    """Whether the user may publish to the topic, or leave a last will there."""
    if not _well_formed(topic) or "+" in topic or "#" in topic:
        return False
    return _within(topic, PREFIX if user == CLOUD else f"{PREFIX}/{user}/up")


def may_subscribe(user: str, topic_filter: str) -> bool:
    """Whether the user may subscribe to the filter. Wildcards only below what is theirs, and only where MQTT has them."""
    if not _well_formed(topic_filter) or not _wildcards_stand_alone(topic_filter):
        return False
    return _within(topic_filter, PREFIX if user == CLOUD else f"{PREFIX}/{user}/down")


def router_of(topic: str) -> str:
    """The level of a topic that names the router; empty where there is none."""
    levels = topic.split("/")
    return levels[_ROUTER_LEVEL] if tuple(levels[:_ROUTER_LEVEL]) == _PREFIX_LEVELS and levels[_ROUTER_LEVEL:] else ""


def matches(topic_filter: str, topic: str) -> bool:
    """Whether a (valid) filter covers a topic (§4.7.1)."""
    if topic_filter == topic:
        return True
    wanted, given = topic_filter.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted = wanted[:-1]
        if len(given) < len(wanted):
            return False
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(w in ("+", g) for w, g in zip(wanted, given, strict=True))


def _within(topic: str, root: str) -> bool:
    return topic.startswith(f"{root}/") and len(topic) > len(root) + 1


def _well_formed(topic: str) -> bool:
    return 0 < len(topic) <= MAX_TOPIC_CHARACTERS and topic.isprintable()


def _wildcards_stand_alone(topic_filter: str) -> bool:
    *leading, last = topic_filter.split("/")
    return all(level == "+" or not {"+", "#"} & set(level) for level in leading) and (
        last in ("+", "#") or not {"+", "#"} & set(last)
    )
