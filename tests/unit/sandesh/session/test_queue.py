import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.levels import Mark
from satark.sandesh.session.queue import Outgoing, SendQueue
from satark.sandesh.types import Level, SandeshType

HIGH = (Mark(100, Level.SYS_DEBUG), Mark(200, Level.SYS_ERR), Mark(300, Level.SYS_UVE))
LOW = (Mark(50, Level.INVALID), Mark(150, Level.SYS_DEBUG), Mark(250, Level.SYS_ERR))
LOGS = [SandeshType.SYSTEM, SandeshType.OBJECT, SandeshType.FLOW, SandeshType.SESSION]
ASKED_FOR = [SandeshType.TRACE, SandeshType.TRACE_OBJECT, SandeshType.REQUEST, SandeshType.RESPONSE]


def queue(max_bytes: int = 400, max_frames: int = 100) -> SendQueue:
    """A small one."""
    return SendQueue(max_bytes=max_bytes, max_frames=max_frames, high_marks=HIGH, low_marks=LOW)


def outgoing(size: int, type_: int = SandeshType.SYSTEM, level: int = Level.SYS_INFO) -> Outgoing:
    """A frame of that many bytes."""
    return Outgoing(b"x" * size, "L", type_, level)


@pytest.mark.parametrize("type_", LOGS)
def test_logs_are_dropped_from_the_sending_level_on(type_: SandeshType) -> None:
    """The graver ones still pass."""
    full = queue()
    full.offer(outgoing(200, level=Level.SYS_EMERG))

    assert full.offer(outgoing(1, type_, Level.SYS_ERR)) is TxCause.QUEUE_LEVEL
    assert full.offer(outgoing(1, type_, Level.SYS_CRIT)) is None
    assert full.sent.dropped == {TxCause.QUEUE_LEVEL: 1}


@pytest.mark.parametrize("type_", [*ASKED_FOR, SandeshType.UVE, SandeshType.ALARM])
def test_state_and_what_was_asked_for_is_not_dropped_by_level(type_: SandeshType) -> None:
    """Only the bound of the queue itself holds for it."""
    full = queue()
    full.offer(outgoing(350, SandeshType.UVE))

    assert full.offer(outgoing(50, type_, Level.INVALID)) is None
    assert full.offer(outgoing(1, type_, Level.INVALID)) is TxCause.NO_QUEUE


def test_an_empty_queue_takes_every_level() -> None:
    """Even those of logs that chose none, which a level of the queue would drop."""
    assert queue().offer(outgoing(1, level=Level.SYS_DEBUG)) is None
    assert queue().offer(outgoing(1, level=Level.INVALID)) is TxCause.QUEUE_LEVEL


@pytest.mark.parametrize(("size", "overflowed"), [(299, False), (300, True)])
def test_state_at_its_own_level_asks_for_a_new_session(size: int, *, overflowed: bool) -> None:
    """The next UVE after the highest mark says so, and is still taken."""
    full = queue()
    full.offer(outgoing(size, SandeshType.UVE))

    assert full.offer(outgoing(1, SandeshType.UVE)) is None
    assert full.overflowed is overflowed


def test_state_that_does_not_fit_asks_for_a_new_session() -> None:
    """A frame larger than the whole queue, for one."""
    full = queue()

    assert full.offer(outgoing(401, SandeshType.ALARM)) is TxCause.NO_QUEUE
    assert full.overflowed


def test_a_batch_is_what_fits_and_at_least_one() -> None:
    """A frame larger than a batch goes alone."""
    waiting = queue()
    frames = [outgoing(size) for size in (30, 10, 20, 5)]
    for each in frames:
        waiting.offer(each)

    assert waiting.batch(25) == frames[:1]
    assert waiting.batch(40) == frames[:2]
    assert waiting.batch(1000) == frames


def test_what_is_not_written_yet_stays() -> None:
    """A batch that fails is not lost."""
    waiting = queue()
    waiting.offer(outgoing(10))

    waiting.batch()

    assert (len(waiting), waiting.size_bytes, waiting.sent.messages) == (1, 10, 0)
    waiting.taken(1)
    assert (len(waiting), waiting.size_bytes, waiting.sent.messages, waiting.sent.bytes) == (0, 0, 1, 10)


def test_clearing_drops_everything_with_a_cause() -> None:
    """The level is that of an empty queue again."""
    full = queue()
    for _ in range(4):
        full.offer(outgoing(90, SandeshType.UVE))

    dropped = full.clear(TxCause.NO_SESSION)

    assert (len(dropped), len(full), full.sending_level, full.overflowed) == (4, 0, Level.INVALID, False)
    assert full.sent.dropped_bytes == {TxCause.NO_SESSION: 360}


OFFERS = st.builds(outgoing, st.integers(0, 120), st.sampled_from(SandeshType), st.sampled_from(Level))
STEPS = st.lists(OFFERS | st.integers(0, 5) | st.just("clear"), max_size=60)


@given(STEPS, st.integers(0, 400), st.integers(0, 8))
def test_bounds_hold_and_counters_add_up(steps: list[Outgoing | int | str], max_bytes: int, max_frames: int) -> None:
    """Whatever is offered, taken and cleared, nothing is unbounded and nothing uncounted; the order stays."""
    waiting = queue(max_bytes, max_frames)
    offered = 0
    order: list[Outgoing] = []
    for each in steps:
        if isinstance(each, Outgoing):
            offered += 1
            if waiting.offer(each) is None:
                order.append(each)
        elif isinstance(each, int):
            assert waiting.batch(10**6) == order
            waiting.taken(each)
            del order[:each]
        else:
            assert waiting.clear() == order
            order.clear()

        assert waiting.size_bytes == sum(len(one.frame) for one in order) <= max_bytes
        assert len(waiting) == len(order) <= max_frames
        assert offered == waiting.sent.total + len(waiting)
        assert waiting.sending_level in {mark.level for mark in (*HIGH, *LOW)}
    assert waiting.enqueued >= waiting.sent.messages
    assert waiting.longest <= max_frames
