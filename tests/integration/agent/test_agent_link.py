"""The link: up by itself, telemetry at once, and no gap in what it must not lose."""

import json
import time
from collections.abc import Callable
from itertools import pairwise

from spotfi_protocol.messages import Notice, NoticeKind
from spotfi_protocol.topics import Down
from tests.integration.agent.peers import Broker, Door, Loop, SmallCloud, Tunnel, eventually
from tests.integration.agent.router import Router

NewRouter = Callable[..., Router]


def test_a_router_reports_what_the_machine_does(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    hello = eventually("hello", lambda: cloud.hellos)[0]
    assert hello.transport == "mqtt"
    assert hello.release
    sample = eventually("telemetry", lambda: cloud.batches)[0].samples[0]
    assert sample.uptime_s > 0
    assert sample.memory_total_bytes
    assert sample.cpu_total_ms
    assert sample.disk_total_bytes
    assert sample.interfaces["lo"].up
    eventually("its status tells", lambda: router.status()["link"]["state"] == "online")
    assert "connected to the cloud" in router.call("status").stdout


def test_a_stop_says_goodbye_and_a_power_cut_is_told_by_the_broker(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    assert router.stop() == 0
    goodbye = eventually("goodbye", lambda: cloud.states)[-1]
    assert goodbye.connection == cloud.hellos[-1].connection
    router.start()
    eventually("hello again", lambda: len(cloud.hellos) >= 2)
    assert cloud.hellos[1].connection > cloud.hellos[0].connection
    assert cloud.hellos[1].stamp.seq > cloud.hellos[0].stamp.seq
    router.kill()
    # By its connection: a broker that could not confirm the goodbye any more may have told the first one's will as well.
    will = eventually("last will", lambda: [state for state in cloud.states if state.connection != goodbye.connection])[
        0
    ]
    assert (will.boot_id, will.connection, will.online) == (
        cloud.hellos[1].stamp.boot_id,
        cloud.hellos[1].connection,
        False,
    )


def test_after_a_broker_restart_nothing_is_missing(new_router: NewRouter, cloud: SmallCloud, broker: Broker) -> None:
    router = new_router(interval_s=1)
    router.start()
    eventually("telemetry", lambda: cloud.batches)
    broker.stop()
    assert next(iter(router.problems())) == "primary TCP"
    broker.start()
    eventually("hello again", lambda: len(cloud.hellos) >= 2)
    eventually("telemetry again", lambda: len(cloud.batches) >= 3, within_s=30)
    moments = sorted({sample.mono_ms for batch in cloud.batches for sample in batch.samples})
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert max(gaps) < 3000
    assert sum(batch.dropped for batch in cloud.batches) == 0


def test_a_blocked_primary_is_gone_round_and_returned_to(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker, tunnel: Tunnel, loop: Loop
) -> None:
    door = Door(loop, broker.tls_port)
    router = new_router(mqtt_port=door.port, primary_retry_s=2, fallback_after_s=3)
    router.start()
    eventually("hello", lambda: cloud.hellos)
    door.shut()
    eventually("fallback", lambda: cloud.hellos[-1].transport == "websocket", within_s=30)
    command_id = cloud.order(router.router_id, "nonsense")
    assert eventually("an answer over the fallback", lambda: cloud.final(command_id)).state == "failed"
    assert [*router.problems()] == ["primary TCP"]
    count = len(cloud.batches)
    eventually("telemetry over the fallback", lambda: len(cloud.batches) > count, within_s=25)
    time.sleep(3)
    assert router.status()["link"]["losses"] <= 1  # the door's; the server's pings do no harm
    states = len(cloud.states)
    door.open()
    eventually("primary", lambda: cloud.hellos[-1].transport == "mqtt", within_s=30)
    assert len(cloud.states) == states  # an orderly change; no last will
    tunnel.close()
    door.shut()
    eventually("cut off", lambda: [*router.problems()] == ["primary TCP", "MQTT", "fallback TCP"], within_s=30)


def test_a_primary_that_hangs_is_left_within_a_minute(
    new_router: NewRouter, cloud: SmallCloud, broker: Broker, tunnel: Tunnel, loop: Loop
) -> None:
    door = Door(loop, broker.tls_port)
    door.stick()
    router = new_router(mqtt_port=door.port)
    router.start()
    eventually("fallback", lambda: cloud.hellos and cloud.hellos[-1].transport == "websocket", within_s=60)
    ((check, problem),) = router.problems().items()
    assert (check, "no answer within" in problem["said"]) == ("primary TLS", True)
    door.shut()


def test_a_refused_key_is_said_and_not_hammered(new_router: NewRouter, broker: Broker) -> None:
    router = new_router()
    broker.admit(router.router_id, "another key")
    router.start()
    eventually("refused", lambda: router.status()["link"]["state"] == "refused")
    said = router.call("status")
    assert said.returncode == 1
    assert "revoked or replaced" in said.stdout
    assert "Get a new code" in router.call("doctor").stdout


def test_a_revocation_told_by_the_cloud_ends_the_connection(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    cloud.say(router.router_id, Down.NOTICE, Notice(NoticeKind.REVOKED).to_wire())
    eventually("refused", lambda: router.status()["link"]["state"] == "refused")
    assert "enrol again" in router.problems()["MQTT"]["remedy"]
    time.sleep(3)
    assert len(cloud.hellos) == 1


def test_a_broker_that_sends_rubbish_does_no_harm(new_router: NewRouter, cloud: SmallCloud) -> None:
    router = new_router()
    router.start()
    eventually("hello", lambda: cloud.hellos)
    down = f"spotfi/v1/{router.router_id}/down"
    for payload in (b"", b"\x01", b"\x01\xff\xff", b"x" * 90_000):
        cloud.say_raw(f"{down}/command", payload)
    cloud.say_raw(f"{down}/unheard", b"")
    cloud.say_raw(f"{down}/settings", b"x" * 2_000_000)
    command_id = cloud.order(router.router_id, "nonsense")
    eventually("the next good one", lambda: cloud.final(command_id), within_s=30)
    assert eventually("counted", lambda: router.status()["messages_dropped"]) >= 5
    said = eventually("the doctor's word", lambda: router.problems().get("MQTT"), within_s=30)["said"]
    assert "not to be understood" in said or "more than the contract allows" in said


def test_a_new_key_is_taken_over_without_a_gap(new_router: NewRouter, cloud: SmallCloud, broker: Broker) -> None:
    router = new_router(interval_s=1)
    router.start()
    eventually("telemetry", lambda: cloud.batches)
    command_id = cloud.order(router.router_id, "rotate_key")
    detail = eventually("the hash", lambda: cloud.final(command_id)).detail
    assert router.key not in json.dumps(detail)
    broker.admit_hash(router.router_id, detail["key_hash"])
    eventually("the new key is the key", lambda: "key_rotated" in router.log(), within_s=30)
    identity = json.loads((router.directory / "identity.json").read_text())
    assert identity["device_key"] != router.key
    assert not (router.directory / "next-key").exists()
    hellos = len(cloud.hellos)
    router.kill()
    router.start()
    eventually("hello with the new key", lambda: len(cloud.hellos) > hellos)
    assert router.status()["link"]["state"] != "refused"
