from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.outbox import Outbox, Stamp
from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.queue import SendQueue
from satark.sandesh.types import Header, Hint, Message
from satark.sandesh.wire.frame import FrameReader
from satark.sandesh.wire.xml import decode_frame
from tests.unit.sandesh.probe import ProbeSystemLog, ProbeUve, ProbeUveTrace

CLASSES: dict[str, type[Message]] = {each.__sandesh__.name: each for each in (ProbeSystemLog, ProbeUveTrace)}
NOW = Stamp(1_000.0)


def outbox(max_bytes: int = 1_000_000) -> Outbox:
    """An outbox with a session, whose collector has nothing yet."""
    one = Outbox(Header(source="host", module="probe"), queue=SendQueue(max_bytes=max_bytes))
    one.established = True
    return one


def uve(name: str, total: int, *, deleted: bool | None = None) -> ProbeUveTrace:
    """A UVE by its name."""
    return ProbeUveTrace(data=ProbeUve(name=name, total=total, deleted=deleted))


def taken(one: Outbox) -> list[tuple[Any, bool]]:
    """All that the outbox has to write: the number of a log or the name and total of a UVE, and whether it is no news."""
    told: list[tuple[Any, bool]] = []
    reader = FrameReader()
    while batch := one.take():
        for frame in reader.feed(b"".join(each.frame for each in batch)):
            received = decode_frame(frame, CLASSES)
            body: Any = received.body
            what = body.number if isinstance(body, ProbeSystemLog) else (body.data.name, body.data.total)
            told.append((what, bool(received.header.hints & Hint.SYNC)))
    return told


def test_order_of_a_synchronisation() -> None:
    """What waited goes first, then the state as it is, then what was sent since; so no old state comes last."""
    one = outbox()
    one.submit(uve("a", 1), NOW)
    one.submit(ProbeSystemLog(number=7), NOW)
    one.disconnected()
    one.submit(uve("a", 2), NOW)
    one.established = True

    count = one.synchronise({}, 1_001.0)
    one.submit(uve("a", 3), NOW)

    assert 1 == count
    assert [(("a", 1), False), (7, False), (("a", 2), True), (("a", 3), False)] == taken(one)


def test_more_than_the_queue_holds() -> None:
    """A cache that is larger than the queue is sent all the same, and leaves room for what is new."""
    one = outbox(max_bytes=20_000)
    one.established = False
    for number in range(200):
        one.submit(uve(f"vn{number}", number), NOW)
    one.established = True

    one.synchronise({}, 1_001.0)
    dropped = one.submit(ProbeSystemLog(number=7), NOW)

    assert dropped is None
    assert [((f"vn{number}", number), True) for number in range(200)] == taken(one)[:-1]
    assert 201 == sum(each.messages for each in one.counters.sent.values())
    assert {TxCause.WRONG_STATE: 200} == one.counters.lost()


def test_synchronisation_that_is_cut_off() -> None:
    """The next session begins from the beginning, and a deletion is kept until a synchronisation was written."""
    one = outbox()
    for number in range(100):
        one.submit(uve(f"vn{number}", number), NOW)
    one.submit(uve("vn0", 0, deleted=True), NOW)
    taken(one)

    one.synchronise({}, 1_001.0)
    first = len(one.take())
    one.disconnected()
    graves = len(one.cache.graves)
    one.established = True
    one.synchronise({}, 1_002.0)

    assert 0 < first < 100
    assert 1 == graves
    assert 100 == len(taken(one))
    assert {} == one.cache.graves


def test_state_is_told_of() -> None:
    """Every valid change of state is told with its time, with a session or without; what is invalid is not."""
    told: list[tuple[Any, int]] = []
    one = outbox()
    one.on_state = lambda message, timestamp_us: told.append((message.data.total, timestamp_us))  # type: ignore[attr-defined]

    one.submit(uve("a", 1), NOW)
    one.established = False
    one.submit(uve("a", 2), NOW)
    one.submit(uve("", 3), NOW)
    one.submit(ProbeSystemLog(number=1), NOW)

    assert [(1, 1_000_000_000), (2, 1_000_000_000)] == told


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from("abc"), st.integers(0, 9)),
        st.sampled_from(["lose", "gain", "write"]),
    ),
    max_size=40,
)


@given(STEPS)
def test_a_collector_ends_with_the_state(steps: list[tuple[str, int] | str]) -> None:
    """Whenever sessions come and go, what the last one was told last of each UVE is how it is."""
    one, state, there = outbox(), dict[str, int](), dict[str, int]()
    for step in [*steps, "lose", "gain", "write"]:
        if isinstance(step, tuple):
            state[step[0]] = step[1]
            one.submit(uve(*step), NOW)
        elif step == "lose":
            one.disconnected()
        elif step == "gain" and not one.established:
            there, one.established = {}, True
            one.synchronise({}, 1_001.0)
        elif step == "write" and one.established:
            there |= dict(what for what, _ in taken(one))

    assert state == there


@pytest.mark.parametrize("cause", [TxCause.SESSION_NOT_CONNECTED, TxCause.NO_CLIENT])
def test_discard(cause: TxCause) -> None:
    """What is thrown away is counted, and a synchronisation afterwards is whole."""
    one = outbox()
    one.submit(uve("a", 1), NOW)
    one.synchronise({}, 1_001.0)

    assert 1 == one.discard(cause)
    assert {cause: 1} == one.counters.lost()
    assert [(("a", 1), True)] == taken(one)
