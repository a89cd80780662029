"""Who gets in, and what they may touch. Every promise holds for the embedded broker and for Mosquitto alike."""

from uuid import UUID

from spotfi_protocol.topics import EVERY_TERMINAL, EVERY_UP, Up, up_topic
from tests.integration.broker.conftest import Fleet, enter
from tests.integration.broker.running import Client, RunningBroker, connect_packet, down, eventually, open_bare, up

NOT_AUTHORIZED = "Not authorized"


STRANGERS = ("", "spotfi-cloud", "admin", "019b1234-0000-7000-8000-000000000000", "../etc", "ü" * 300)
FOREIGN_FILTERS = (
    "#",
    "+/+/+/+/+",
    "spotfi/v1/#",
    "spotfi/v1/+/down/#",
    "spotfi/v1/{other}/down/#",
    "spotfi/v1/+/up/#",
    "$SYS/#",
    "$share/group/spotfi/v1/+/down/#",
    "$share/group/spotfi/v1/{other}/down/#",
)


def test_nobody_gets_in_with_a_wrong_password(broker: RunningBroker) -> None:
    for user in STRANGERS:
        assert broker.client(user, "wrong", client_id="stranger").connect() == NOT_AUTHORIZED


def test_a_router_needs_its_own_key(broker: RunningBroker, fleet: Fleet) -> None:
    (one, _), (_, other_key) = fleet.add(), fleet.add()
    assert broker.client(one, other_key).connect() == NOT_AUTHORIZED


def test_a_router_enrolled_a_moment_ago_gets_in(broker: RunningBroker, fleet: Fleet) -> None:
    router_id, key = fleet.add()
    if broker.kind == "amqtt":
        assert broker.client(router_id, key).connect() == "Success"
    else:
        enter(broker.client(router_id, key))


def test_a_router_writes_only_its_own_up_topics(broker: RunningBroker, fleet: Fleet, router: Client) -> None:
    own, (other, _) = router.paho.username or "", fleet.add()
    cloud = broker.cloud()
    assert cloud.subscribe("spotfi/v1/#") == 1
    for topic in (
        up(other),
        down(own),
        down(other),
        f"spotfi/v1/{own}",
        "spotfi/v1/x",
        "other",
        f"spotfi/v2/{own}/up/hello",
    ):
        assert router.publish(topic, "foreign")
    assert router.publish(up(own), "own")
    assert cloud.next_message().payload == b"own"
    assert cloud.receives_nothing()


def test_a_router_reads_nothing_of_others(broker: RunningBroker, fleet: Fleet, router: Client) -> None:
    other, key = fleet.add()
    enter(neighbour := broker.client(other, key))
    granted = [router.subscribe(topic_filter.format(other=other)) for topic_filter in FOREIGN_FILTERS]
    assert broker.kind == "mosquitto" or set(granted) == {128}  # Mosquitto says yes and delivers nothing
    neighbour.publish(up(other), "from another")
    broker.cloud().publish(down(other), "for another")
    assert router.receives_nothing()


def test_a_last_will_outside_ones_own_topics_is_never_sent(broker: RunningBroker, fleet: Fleet) -> None:
    (router_id, key), (other, _) = fleet.add(), fleet.add()
    cloud = broker.cloud()
    cloud.subscribe("spotfi/v1/#")
    enter(broker.client(router_id, key))
    bare, answer = open_bare(broker, connect_packet(router_id, key, will=(up(other, "state"), "boo")))
    assert broker.kind == "mosquitto" or answer == b"\x20\x02\x00\x05"  # Mosquitto looks when it would send it
    bare.close()
    assert cloud.receives_nothing()


def test_nothing_is_retained(broker: RunningBroker, router: Client) -> None:
    own = router.paho.username or ""
    cloud = broker.cloud()
    router.publish(up(own), "kept?", retain=True)
    eventually("a client that wants to retain is disconnected", router.gone.is_set)
    assert cloud.subscribe("spotfi/v1/#") == 1
    assert cloud.receives_nothing()


def test_a_router_cannot_end_anothers_connection_by_its_client_id(
    broker: RunningBroker, fleet: Fleet, router: Client
) -> None:
    other, key = fleet.add()
    enter(broker.client(other, key))
    victim = router.paho.username or ""
    tunnel = broker.port if broker.kind == "amqtt" else broker.tunnel_port
    ingest = broker.cloud("ingest", clean=False)
    for port in (broker.tls_port, tunnel):
        for client_id in (victim, "ingest"):
            broker.client(other, key, client_id=client_id, tls=port == broker.tls_port, port=port).connect()
    broker.client(victim, "wrong", client_id=victim).connect()
    broker.cloud("another").publish(down(victim), "still there")
    assert router.next_message().payload == b"still there"
    assert not router.gone.is_set()
    assert not ingest.gone.is_set()


def test_a_revoked_router_is_denied_told_and_cut_off(broker: RunningBroker, fleet: Fleet, router: Client) -> None:
    own = router.paho.username or ""
    cloud = broker.cloud()
    cloud.subscribe("spotfi/v1/+/up/#")
    fleet.revoke(own)
    eventually("the broker has heard of it", lambda: "client_barred" in broker.log())
    cloud.publish(down(own, "notice"), "revoked")
    eventually(
        "its topics are denied",
        lambda: router.gone.is_set() or (router.publish(up(own), "late") and cloud.receives_nothing(0.2)),
    )
    assert router.next_message().payload == b"revoked"
    eventually("its connection is closed", router.gone.is_set)
    assert broker.client(own, "any").connect() == NOT_AUTHORIZED


def test_a_rotated_key_replaces_the_old_one(broker: RunningBroker, fleet: Fleet) -> None:
    router_id, old = fleet.add()
    enter(first := broker.client(router_id, old))
    new = fleet.rotate(router_id)
    eventually("who came with the old key is cut off", first.gone.is_set)
    enter(broker.client(router_id, new))
    assert broker.client(router_id, old).connect() == NOT_AUTHORIZED


def test_what_is_acknowledged_while_a_key_is_rotated_arrives(broker: RunningBroker, fleet: Fleet) -> None:
    router_id, old = fleet.add()
    cloud = broker.cloud()
    assert cloud.subscribe("spotfi/v1/+/up/#") == 1
    enter(client := broker.client(router_id, old))
    fleet.rotate(router_id)
    acknowledged = 0
    while client.publish(up(router_id), f"batch {acknowledged}"):
        acknowledged += 1
    arrived = [cloud.next_message().payload for _ in range(acknowledged)]
    assert arrived == [f"batch {number}".encode() for number in range(acknowledged)]


def test_what_a_terminal_says_goes_to_terminals_and_not_to_what_stores(
    broker: RunningBroker, fleet: Fleet, router: Client
) -> None:
    own = router.paho.username or ""
    ingest, api = broker.cloud("ingest"), broker.cloud("api")
    ingest.subscribe(EVERY_UP)
    api.subscribe(EVERY_TERMINAL)
    assert router.publish(up_topic(UUID(own), Up.TERMINAL), "shown")
    assert api.next_message().payload == b"shown"
    assert router.publish(up_topic(UUID(own), Up.TELEMETRY), "stored")
    assert ingest.next_message().payload == b"stored"
    other, _ = fleet.add()
    router.publish(up_topic(UUID(other), Up.TERMINAL), "forged")
    assert api.receives_nothing(0.3)
