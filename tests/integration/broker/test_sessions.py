"""Sessions, last wills and delivery: what agents and ingest rely on, of both brokers."""

import time

from tests.integration.broker.conftest import Fleet, enter
from tests.integration.broker.running import Client, RunningBroker, connect_packet, down, eventually, open_bare, up


def _listening(broker: RunningBroker) -> Client:
    cloud = broker.cloud("listener")
    assert cloud.subscribe("spotfi/v1/+/up/#") == 1
    return cloud


def _let_in(broker: RunningBroker, fleet: Fleet) -> tuple[str, str]:
    router_id, key = fleet.add()
    enter(client := broker.client(router_id, key))
    client.close()
    return router_id, key


def test_the_last_will_follows_a_lost_connection(broker: RunningBroker, fleet: Fleet) -> None:
    router_id, key = _let_in(broker, fleet)
    cloud = _listening(broker)
    bare, answer = open_bare(broker, connect_packet(router_id, key, will=(up(router_id, "state"), "offline")))
    assert answer == b"\x20\x02\x00\x00"
    assert cloud.receives_nothing(0.2)
    bare.close()
    message = cloud.next_message()
    assert (message.topic, message.payload, message.retain) == (up(router_id, "state"), b"offline", False)


def test_the_last_will_follows_silence(broker: RunningBroker, fleet: Fleet) -> None:
    """A router that lost its power sends no goodbye: after one and a half keepalives it counts as gone."""
    router_id, key = _let_in(broker, fleet)
    cloud = _listening(broker)
    packet = connect_packet(router_id, key, keepalive_s=2, will=(up(router_id, "state"), "offline"))
    bare, _ = open_bare(broker, packet)
    began = time.monotonic()
    assert cloud.next_message().payload == b"offline"
    assert 2.5 < time.monotonic() - began < 20
    bare.close()


def test_a_client_that_pings_stays(broker: RunningBroker, fleet: Fleet) -> None:
    router_id, key = _let_in(broker, fleet)
    client = broker.client(router_id, key, keepalive_s=5)
    client.connect()
    time.sleep(9)
    assert not client.gone.is_set()


def test_a_goodbye_leaves_no_last_will(broker: RunningBroker, fleet: Fleet) -> None:
    router_id, key = _let_in(broker, fleet)
    cloud = _listening(broker)
    client = broker.client(router_id, key)
    client.paho.will_set(up(router_id, "state"), "offline", qos=1)
    client.connect()
    client.publish(up(router_id, "state"), "goodbye")
    client.close()
    assert cloud.next_message().payload == b"goodbye"
    assert cloud.receives_nothing()


def test_the_newer_of_two_connections_wins(broker: RunningBroker, fleet: Fleet) -> None:
    router_id, key = _let_in(broker, fleet)
    older, newer = (broker.client(router_id, key, clean=False) for _ in range(2))
    older.connect()
    older.subscribe(f"spotfi/v1/{router_id}/down/#")
    assert newer.connect() == "Success"
    eventually("the older connection ends", older.gone.is_set)
    time.sleep(0.2)
    cloud = broker.cloud()
    for number in range(3):
        cloud.publish(down(router_id), str(number))
    assert [newer.next_message().payload for _ in range(3)] == [b"0", b"1", b"2"]
    assert not newer.gone.is_set()


def test_messages_wait_for_a_client_that_is_away(broker: RunningBroker, router: Client) -> None:
    """ingest restarts: what routers publish meanwhile is there when it is back, in order, and once."""
    own = router.paho.username or ""
    ingest = broker.cloud(clean=False)
    ingest.subscribe("spotfi/v1/+/up/#")
    ingest.close()
    for number in range(250):
        assert router.publish(up(own), str(number))
    again = broker.cloud(clean=False)
    assert again.session_present
    assert [int(again.next_message().payload) for _ in range(250)] == list(range(250))
    assert again.receives_nothing()


def test_what_was_not_acknowledged_comes_again(broker: RunningBroker, router: Client) -> None:
    """ingest acknowledges after its commit; a crash before that loses nothing."""
    own = router.paho.username or ""
    ingest = broker.cloud(clean=False, manual_ack=True)
    ingest.subscribe("spotfi/v1/+/up/#")
    for payload in ("committed", "lost in the crash"):
        router.publish(up(own), payload)
    ingest.acknowledge(ingest.next_message())
    assert ingest.next_message().payload == b"lost in the crash"
    time.sleep(0.2)
    ingest.vanish()
    again = broker.cloud(clean=False, manual_ack=True)
    message = again.next_message()
    assert (message.payload, message.dup) == (b"lost in the crash", True)
    again.acknowledge(message)
    time.sleep(0.2)
    again.vanish()
    assert broker.cloud(clean=False).receives_nothing()


def test_a_slow_commit_loses_nothing(broker: RunningBroker, router: Client) -> None:
    """The database may take its time: an acknowledgement may be a while coming."""
    own = router.paho.username or ""
    ingest = broker.cloud(clean=False, manual_ack=True)
    ingest.subscribe("spotfi/v1/+/up/#")
    router.publish(up(own), "slow")
    ingest.next_message()
    time.sleep(6)
    ingest.vanish()
    assert broker.cloud(clean=False).next_message().payload == b"slow"


def test_many_unacknowledged_messages_stop_at_the_window(broker: RunningBroker, router: Client) -> None:
    own = router.paho.username or ""
    ingest = broker.cloud(clean=False, manual_ack=True)
    ingest.subscribe("spotfi/v1/+/up/#")
    window = 1000 if broker.kind == "mosquitto" else 100
    for number in range(window + 50):
        router.publish(up(own), str(number))
    first = [ingest.next_message() for _ in range(window)]
    assert ingest.receives_nothing(0.3)
    for message in first:
        ingest.acknowledge(message)
    assert [int(ingest.next_message().payload) for _ in range(50)] == list(range(window, window + 50))


def test_overlapping_subscriptions_deliver_once_to_each_client(broker: RunningBroker, router: Client) -> None:
    own = router.paho.username or ""
    one, two = broker.cloud("one"), broker.cloud("two")
    for client in (one, two):
        client.subscribe("spotfi/v1/+/up/#")
    one.subscribe("spotfi/v1/+/up/telemetry")
    router.publish(up(own), "x")
    assert one.next_message().payload == two.next_message().payload == b"x"
    assert one.receives_nothing(0.3)
    one.paho.unsubscribe(["spotfi/v1/+/up/#", "spotfi/v1/+/up/telemetry"])
    time.sleep(0.3)
    router.publish(up(own), "y")
    assert two.next_message().payload == b"y"
    assert one.receives_nothing(0.3)
