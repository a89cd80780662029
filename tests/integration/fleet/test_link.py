"""A live router: presence, commands and telemetry through a real broker and the real ingest."""

import asyncio
import hashlib
import zlib
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.storage.database import Database
from spotfi_protocol import codec
from spotfi_protocol.messages import Cancel, Command, ResultState, State
from spotfi_protocol.telemetry import Telemetry
from spotfi_protocol.topics import Down, Up, up_topic
from tests.integration.api.conftest import Person
from tests.integration.fleet.conftest import Role
from tests.integration.fleet.router import Router, eventually
from tests.integration.fleet.shared import broker, database_url, ingest, worker

__all__ = ["broker", "database_url", "ingest", "worker"]


async def command_of(owner: Person, command_id: object) -> Any:
    return await owner.get(f"/commands/{command_id}")


async def order(owner: Person, router: Router, kind: str, *, deadline_s: int = 60, **args: Any) -> str:
    body = {"kind": kind, "args": args, "deadline_s": deadline_s}
    return str((await owner.post(f"/routers/{router.id}/commands", body, expect=202))["id"])


async def shown(owner: Person, router: Router) -> Any:
    return await owner.get(f"/routers/{router.id}")


async def test_a_cut_router_is_offline_at_once_and_its_hello_brings_it_back(owner: Person, router: Router) -> None:
    router_shown = await shown(owner, router)
    assert (router_shown["online"], router_shown["agent"]["hostname"]) == (True, "bar")
    router.cut()

    async def offline() -> bool:
        return not (await shown(owner, router))["online"]

    await eventually("offline", offline)
    await router.connect()
    assert (await shown(owner, router))["online"]


async def test_a_goodbye_and_the_will_of_the_same_connection_are_one_departure(
    owner: Person, router: Router, database: Database
) -> None:
    """A broker that finds the connection reset behind the goodbye tells the will as well."""
    goodbye = State(router.boot_id, router.connection, online=False).to_wire()

    async def departures() -> list[Any]:
        async with database.unit_of_work() as session:
            found = text("SELECT at FROM events WHERE kind = 'router.offline' AND router_id = :id")
            return list(await session.scalars(found, {"id": router.id}))

    router.publish(Up.STATE, goodbye)
    await eventually("gone", departures)
    router.cut()
    await router.connect()  # the broker has told the will before it takes the next connection
    assert len(await departures()) == 1
    router.publish(Up.STATE, goodbye)
    router.report(router.sample())

    async def sampled() -> Any:
        return (await shown(owner, router))["latest_sample"]

    await eventually("heard after them", sampled)
    assert (await shown(owner, router))["online"]
    assert len(await departures()) == 1


async def test_a_new_interval_reaches_the_router_at_once(owner: Person, router: Router) -> None:
    await owner.patch(f"/routers/{router.id}", {"interval_s": 5})
    assert await router.receive_interval_s() == 5


async def test_garbage_is_dropped_and_the_next_good_message_counts(
    owner: Person, router: Router, ingest: Role, database: Database
) -> None:
    garbage = [
        (up_topic(router.id, Up.TELEMETRY), b""),
        (up_topic(router.id, Up.TELEMETRY), b"\x01\xff\xff\xff"),
        (up_topic(router.id, Up.TELEMETRY), b"x" * (codec.MAX_PAYLOAD_BYTES + 1)),
        (up_topic(router.id, Up.RESULT), codec.encode({"command_id": 7})),
        (f"spotfi/v1/{router.id}/up/nonsense", codec.encode({})),
        (f"spotfi/v1/{router.id}/up/hello/deeper", b"?"),
        (up_topic(router.id, Up.TELEMETRY), infinite()),
    ]
    for topic, payload in garbage:
        router.publish_bytes(topic, payload)
    unstorable = await send_what_the_database_refuses(owner, router, database)
    router.report(router.sample())

    async def sample() -> Any:
        return (await shown(owner, router))["latest_sample"]

    latest = await eventually("the good sample", sample)
    assert latest["load"] == [0.1, 0.2, 0.3]
    assert ingest.process is not None
    assert ingest.process.poll() is None
    await router.receive_ack(unstorable)
    for reason in ("undecodable", "unknown_topic", "oversized", "unstorable"):
        assert reason in ingest.log()


def infinite() -> bytes:
    """A number that becomes none when it is read."""
    deflate = zlib.compressobj(wbits=-15)
    return b"\x01" + deflate.compress(b'{"dropped": 1e999}') + deflate.flush()


async def send_what_the_database_refuses(owner: Person, router: Router, database: Database) -> int:
    """A result that fits the contract and that the database will not have; its sequence number."""
    async with database.unit_of_work() as session:
        refuse = "ALTER TABLE commands ADD CONSTRAINT unfit CHECK (result->>'message' IS DISTINCT FROM 'unfit')"
        await session.execute(text(refuse))
    await order(owner, router, "reboot")
    command = await router.receive_command()
    return router.answer(command, ResultState.FAILED, message="unfit").stamp.seq


async def test_logs_come_back_piece_by_piece(owner: Person, router: Router) -> None:
    command_id = await order(owner, router, "logs", lines=100)
    command = await router.receive_command()
    assert (str(command.command_id), command.kind, command.args) == (command_id, "logs", {"lines": 100})
    assert 0 < command.expires_in_s <= 60
    router.answer(command, ResultState.ACCEPTED)
    pieces = [b"first\n" * 8000, b"second \xff\n", b"third\n"]
    whole = b"".join(pieces)
    router.print_piece(command, 0, pieces[0])
    router.print_piece(command, 0, pieces[0])
    router.print_piece(command, 2, pieces[2])
    done = router.answer(
        command,
        ResultState.SUCCEEDED,
        message="done",
        pieces=3,
        bytes=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
    )
    await router.receive_ack(done.stamp.seq)
    assert (await command_of(owner, command_id))["state"] == "accepted"
    assert await owner.get(f"/commands/{command_id}/output") == pieces[0]
    router.print_piece(command, 1, pieces[1])
    await router.receive_ack(router.seq)
    ended = await command_of(owner, command_id)
    assert (ended["state"], ended["result"]["message"]) == ("succeeded", "done")
    assert await owner.get(f"/commands/{command_id}/output") == whole


async def test_a_reboot_succeeds_only_from_a_new_boot(owner: Person, router: Router) -> None:
    honest, lying = await order(owner, router, "reboot"), await order(owner, router, "reboot")
    commands = {str(command.command_id): command for command in [await router.receive_command() for _ in range(2)]}
    for command in commands.values():
        router.answer(command, ResultState.ACCEPTED)
    router.answer(commands[lying], ResultState.SUCCEEDED)
    await router.receive_ack(router.seq)
    router.reboot()
    await router.connect()
    router.answer(commands[honest], ResultState.SUCCEEDED)
    await router.receive_ack(router.seq)
    assert (await command_of(owner, honest))["state"] == "succeeded"
    assert (await command_of(owner, lying))["state"] == "failed"


async def test_late_and_repeated_reports_never_take_a_command_back(owner: Person, router: Router) -> None:
    command_id = await order(owner, router, "kick", username="ada")
    command = await router.receive_command()
    for state in (ResultState.ACCEPTED, ResultState.SUCCEEDED, ResultState.ACCEPTED, ResultState.FAILED):
        router.answer(command, state, message=state.value)
    await router.receive_ack(router.seq)
    ended = await command_of(owner, command_id)
    assert (ended["state"], ended["result"]) == ("succeeded", {"message": "succeeded"})


async def test_reports_about_others_commands_change_nothing_and_are_acknowledged(owner: Person, router: Router) -> None:
    body = {"name": "Other", "host_id": owner.host_id, "nas_kind": "agent"}
    other = await owner.post("/routers", body)
    foreign = await owner.post(f"/routers/{other['id']}/commands", {"kind": "reboot"}, expect=202)
    command = Command.from_wire(
        {"command_id": foreign["id"], "kind": "reboot", "args": {}, "deadline_at_ms": 0, "expires_in_s": 0}
    )
    router.answer(command, ResultState.FAILED)
    await router.receive_ack(router.seq)
    assert (await command_of(owner, foreign["id"]))["state"] == "queued"


async def test_a_command_waits_for_its_router_and_is_sent_until_accepted(owner: Person, router: Router) -> None:
    router.cut()

    async def offline() -> bool:
        return not (await shown(owner, router))["online"]

    await eventually("offline", offline)
    command_id = await order(owner, router, "logs")
    await asyncio.sleep(0.5)
    assert (await command_of(owner, command_id))["state"] == "queued"
    await router.connect()
    first = await router.receive_command()
    assert str(first.command_id) == command_id
    await router.connect()
    assert (await router.receive_command()).command_id == first.command_id
    router.answer(first, ResultState.ACCEPTED)
    await router.receive_ack(router.seq)
    await router.connect()
    await asyncio.sleep(0.5)
    kinds = [router.inbox.get_nowait()[0] for _ in range(router.inbox.qsize())]
    assert Down.COMMAND not in kinds


async def test_an_accepted_command_is_cancelled_when_the_router_has_stopped_it(owner: Person, router: Router) -> None:
    command_id = await order(owner, router, "ping", target="192.0.2.1")
    command = await router.receive_command()
    router.answer(command, ResultState.ACCEPTED)
    await router.receive_ack(router.seq)
    asked = await owner.post(f"/commands/{command_id}/cancel", {}, expect=200)
    assert asked["state"] == "accepted"
    assert asked["cancelling_since"] is not None
    assert Cancel.from_wire(await router.receive(Down.CANCEL)).command_id == command.command_id
    await router.connect()  # it may have been lost: told again with each hello
    assert Cancel.from_wire(await router.receive(Down.CANCEL)).command_id == command.command_id
    router.answer(command, ResultState.CANCELLED, message="Stopped.")
    await router.receive_ack(router.seq)
    ended = await command_of(owner, command_id)
    assert (ended["state"], ended["cancelling_since"]) == ("cancelled", None)
    assert ended["result"] == {"message": "Stopped."}
    await router.connect()
    await asyncio.sleep(0.5)
    assert Down.CANCEL not in [router.inbox.get_nowait()[0] for _ in range(router.inbox.qsize())]


async def test_a_command_that_ended_before_the_cancellation_came_ends_as_it_did(owner: Person, router: Router) -> None:
    command_id = await order(owner, router, "reboot")
    command = await router.receive_command()
    router.answer(command, ResultState.ACCEPTED)
    await router.receive_ack(router.seq)
    await owner.post(f"/commands/{command_id}/cancel", {}, expect=200)
    router.answer(command, ResultState.FAILED, message="no power switch")
    await router.receive_ack(router.seq)
    ended = await command_of(owner, command_id)
    assert (ended["state"], ended["cancelling_since"]) == ("failed", None)


async def test_a_sent_command_counts_as_cancelled_and_the_router_is_told_not_to_begin(
    owner: Person, router: Router
) -> None:
    command_id = await order(owner, router, "logs")
    command = await router.receive_command()
    asked = await owner.post(f"/commands/{command_id}/cancel", {}, expect=200)
    assert asked["state"] == "cancelled"
    assert Cancel.from_wire(await router.receive(Down.CANCEL)).command_id == command.command_id
    router.answer(command, ResultState.CANCELLED, message="Never began.")
    await router.receive_ack(router.seq)
    ended = await command_of(owner, command_id)
    assert (ended["state"], ended["cancelling_since"], ended["result"]) == (
        "cancelled",
        None,
        {"message": "Cancelled."},
    )


async def test_a_cancelled_command_that_ran_all_the_same_says_so(owner: Person, router: Router) -> None:
    command_id = await order(owner, router, "reboot")
    command = await router.receive_command()
    assert (await owner.post(f"/commands/{command_id}/cancel", {}, expect=200))["state"] == "cancelled"
    router.answer(command, ResultState.ACCEPTED)
    await router.receive_ack(router.seq)
    late = await command_of(owner, command_id)
    assert (late["state"], late["result"]["late_report"]["state"]) == ("cancelled", "accepted")


async def test_one_that_is_away_waits_until_its_deadline_and_expires(
    owner: Person, router: Router, worker: Role
) -> None:
    router.cut()
    command_id = await order(owner, router, "logs", deadline_s=2)

    async def expired() -> bool:
        return bool((await command_of(owner, command_id))["state"] == "expired")

    await eventually("expired", expired, within_s=30)


async def test_a_revoked_router_is_told(owner: Person, router: Router) -> None:
    await owner.post(f"/routers/{router.id}/revoke", {}, expect=200)
    gone = await shown(owner, router)
    assert not gone["online"]
    router.report(router.sample())

    async def still_silent() -> Any:
        return (await shown(owner, router))["latest_sample"] is None

    await asyncio.sleep(1)
    assert await still_silent()


async def test_a_silent_router_is_swept_offline_and_its_next_word_brings_it_back(
    owner: Person, router: Router, worker: Role, database: Database
) -> None:
    long_ago = "UPDATE router_presence SET last_seen_at = last_seen_at - interval '256 seconds' WHERE router_id = :id"
    async with database.unit_of_work() as session:
        await session.execute(text(long_ago), {"id": router.id})

    async def online() -> bool:
        return bool((await shown(owner, router))["online"])

    async def offline() -> bool:
        return not await online()

    await eventually("swept", offline, within_s=30)
    router.report(router.sample())
    await eventually("back", online)


async def test_ingest_killed_mid_stream_loses_nothing(
    owner: Person, router: Router, ingest: Role, database: Database
) -> None:
    for _ in range(50):
        router.report(router.sample())
    ingest.kill()
    for _ in range(50):
        router.report(router.sample())
    ingest.start()

    async def stored() -> bool:
        async with database.unit_of_work() as session:
            return bool(await batches_of(session, router) == 100)

    await eventually("all samples stored", stored, within_s=60)


async def test_repeated_telemetry_is_stored_once(router: Router, database: Database) -> None:
    batch = Telemetry(router.stamp(), (router.sample(), router.sample())).to_wire()
    for _ in range(3):
        router.publish(Up.TELEMETRY, batch)
    router.report(router.sample())

    async def counted() -> Any:
        async with database.unit_of_work() as session:
            return await batches_of(session, router, "seq > 2")

    await eventually("the last one", counted)
    async with database.unit_of_work() as session:
        assert await batches_of(session, router) == 2


async def batches_of(session: AsyncSession, router: Router, which: str = "true") -> Any:
    count = f"SELECT count(*) FROM telemetry_batches WHERE router_id = :id AND {which}"
    return await session.scalar(text(count), {"id": router.id})
