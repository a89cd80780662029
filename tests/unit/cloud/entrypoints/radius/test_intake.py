"""What becomes of a request, whatever else happens around it."""

import os
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.entrypoints.radius.intake import Intake, Request
from spotfi_cloud.entrypoints.radius.nas_directory import NasDirectory
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.reply import accept
from spotfi_cloud.radius.values import text
from spotfi_cloud.routers.nas import Nas
from tests.integration.access.origins import MemoryOrigin

SECRET = b"secret"
NAS = Nas(UUID(int=1), UUID(int=2), "", NasKind.GENERIC, "sf-1", "192.0.2.1", SECRET, False, 3799, False)


def open_intake() -> tuple[Intake, list[Request]]:
    directory = NasDirectory()
    directory.replace([NAS])
    intake = Intake("test", Code.ACCESS_REQUEST, directory, SystemClock())
    taken: list[Request] = []

    def take(request: Request) -> bool:
        taken.append(request)
        return True

    intake.connect(take)
    return intake, taken


def test_an_answered_request_is_not_answered_again() -> None:
    intake, taken = open_intake()
    origin = MemoryOrigin("192.0.2.1")
    intake.receive(sign_access_request(1, os.urandom(16), SECRET, []), origin)
    for _ in range(2):  # a batch is worked off again when another request of it failed
        intake.answer(taken[0], lambda: accept(taken[0].packet, SECRET), "accepted")
    intake.give_up(taken[0], "failed")
    assert (len(origin.replies), origin.ignored) == (1, 0)


def test_a_copy_waits_for_its_original_and_then_gets_the_same_reply() -> None:
    intake, taken = open_intake()
    origin, datagram = MemoryOrigin("192.0.2.1"), sign_access_request(1, os.urandom(16), SECRET, [])
    intake.receive(datagram, origin)
    intake.receive(datagram, origin)
    assert (len(taken), origin.ignored) == (1, 1)
    intake.answer(taken[0], lambda: accept(taken[0].packet, SECRET), "accepted")
    intake.receive(datagram, origin)
    assert len(taken) == 1
    assert origin.replies[0] == origin.replies[1]


def test_a_request_that_breaks_the_work_harms_nobody_else() -> None:
    intake, _ = open_intake()

    def break_down(_request: Request) -> bool:
        raise RuntimeError

    intake.connect(break_down)
    origin = MemoryOrigin("192.0.2.1")
    intake.receive(sign_access_request(1, os.urandom(16), SECRET, []), origin)
    assert (origin.replies, origin.ignored) == ([], 1)


def test_a_full_queue_drops_and_the_copy_is_tried_again() -> None:
    intake, _ = open_intake()
    room = [False, True]
    intake.connect(lambda _request: room.pop(0))
    origin, datagram = MemoryOrigin("192.0.2.1"), sign_access_request(1, os.urandom(16), SECRET, [])
    intake.receive(datagram, origin)
    intake.receive(datagram, origin)
    assert room == []
    assert origin.ignored == 1


@given(at=st.integers(0, 200), flipped=st.integers(1, 255), tail=st.binary(max_size=8))
def test_nothing_that_was_tampered_with_is_taken(at: int, flipped: int, tail: bytes) -> None:
    intake, taken = open_intake()
    genuine = bytearray(sign_access_request(1, bytes(16), SECRET, [text(Attr.USER_NAME, "ada")]))
    genuine[at % len(genuine)] ^= flipped
    origin = MemoryOrigin("192.0.2.1")
    intake.receive(bytes(genuine) + tail, origin)
    assert taken == []
    assert (origin.replies, origin.ignored) == ([], 1)
