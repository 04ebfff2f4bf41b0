import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.traces import MAX_SIZE, TraceBuffers
from tests.unit.sandesh.probe import ProbeSystemLog


def filled(count: int, size: int = 3) -> TraceBuffers:
    """A buffer `b` into which so many messages were put, at the times 0, 1 and so on."""
    buffers = TraceBuffers()
    buffers.create("b", size)
    for number in range(count):
        buffers.add("b", ProbeSystemLog(number=number), number)
    return buffers


def test_newest() -> None:
    """A count limits a reading to the newest messages, oldest first."""
    buffers = filled(5)

    assert [2, 3, 4] == [each.timestamp_us for each in buffers.newest("b")]
    assert [3, 4] == [each.timestamp_us for each in buffers.newest("b", 2)]
    assert () == buffers.newest("none")


def test_text() -> None:
    """A trace is shown with its time, name and values, on one line whatever is in it."""
    buffers = filled(0)
    buffers.add("b", ProbeSystemLog(text="a\nb", number=1), 5)

    assert ["5 ProbeSystemLog: static text one  text = a\\nb  number = 1  static text two "] == [
        each.text for each in buffers.newest("b")
    ]


def test_off() -> None:
    """Messages for a buffer that is off or does not exist are discarded and counted."""
    buffers = filled(1)
    buffers.enable("b", enabled=False)

    kept = [buffers.add("b", ProbeSystemLog(), 9), buffers.add("none", ProbeSystemLog(), 9)]
    buffers.enable("b")
    buffers.enabled = False
    kept.append(buffers.add("b", ProbeSystemLog(), 9))

    assert [False, False, False] == kept
    assert 3 == buffers.discarded
    assert [0] == [each.timestamp_us for each in buffers.newest("b")]


@pytest.mark.parametrize("size", [0, -1, MAX_SIZE + 1])
def test_size(size: int) -> None:
    """A buffer of a size that makes no sense is refused."""
    with pytest.raises(ValueError, match="trace buffer"):
        TraceBuffers().create("b", size)


def test_smaller() -> None:
    """A buffer that is made again with another size keeps its newest messages."""
    buffers = filled(3)

    buffers.create("b", 2)

    assert (2, [1, 2]) == (buffers.size("b"), [each.timestamp_us for each in buffers.newest("b")])


@given(st.integers(1, 8), st.lists(st.one_of(st.just("add"), st.integers(0, 4)), max_size=40))
def test_unread_once(size: int, steps: list[str | int]) -> None:
    """However pages are read, no message is given twice, their order is kept, and none is missed that is still held."""
    buffers = TraceBuffers()
    buffers.create("b", size)
    added, read = 0, []
    for each in steps:
        if isinstance(each, str):
            buffers.add("b", ProbeSystemLog(), added)
            added += 1
        else:
            read += [trace.number for trace in buffers.unread("b", each)]

    rest = [trace.number for trace in buffers.unread("b")]

    assert sorted(set(read + rest)) == read + rest
    assert not added or added in read + rest
    assert len(buffers.newest("b")) == min(size, added)
