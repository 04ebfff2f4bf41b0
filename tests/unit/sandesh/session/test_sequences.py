import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.session.sequences import SeenNumbers, SequenceNumbers, must_synchronise
from satark.sandesh.wire.control import Hello, Identity

WHO = Identity("host", "Compute", "agent", "0")
NAMES = ("NodeStatus", "NodeStatusUVE")


def hello(pid: int = 7, source: str = "host", uve_types: tuple[str, ...] = ("NodeStatus",)) -> Hello:
    """A generator of that process."""
    return Hello(Identity(source, "Compute", "agent", "0"), uve_types=uve_types, pid=pid)


def test_numbers_begin_with_one_for_each_message() -> None:
    """Each class counts for itself."""
    numbers = SequenceNumbers()

    assert [numbers.next("A"), numbers.next("A"), numbers.next("B"), numbers.last("A"), numbers.last("C")] == [
        1,
        2,
        1,
        2,
        0,
    ]


def test_after_the_last_number_comes_the_first() -> None:
    """A number fits the header for ever."""
    numbers = SequenceNumbers()
    numbers._last["A"] = 2**31 - 2

    assert [numbers.next("A"), numbers.next("A")] == [2**31 - 1, 1]


@pytest.mark.parametrize(
    ("seen", "number", "expected"),
    [
        ({}, 5, True),
        ({"NodeStatus": 0}, 5, True),
        ({"NodeStatus": 4}, 5, True),
        ({"NodeStatus": 5}, 5, False),
        ({"NodeStatusUVE": 6}, 5, False),
        ({"Other": 6}, 5, True),
    ],
)
def test_what_the_collector_has_not_seen_is_sent(seen: dict[str, int], number: int, *, expected: bool) -> None:
    """Zero asks for everything; the type may be known by either name."""
    assert must_synchronise(seen, NAMES, number) is expected


def test_the_same_process_is_told_what_was_seen_of_it() -> None:
    """In its own spelling, whichever of the two names that is."""
    numbers = SeenNumbers()
    numbers.seen(hello())
    numbers.note(WHO, NAMES, 3, is_sync=False)

    assert numbers.seen(hello()) == {"NodeStatus": 3}
    assert numbers.seen(hello(uve_types=("NodeStatusUVE", "X"))) == {"NodeStatusUVE": 3, "X": 0}


def test_another_process_sends_everything() -> None:
    """Numbers are those of a process."""
    numbers = SeenNumbers()
    numbers.seen(hello(pid=7))
    numbers.note(WHO, NAMES, 3, is_sync=False)

    assert numbers.seen(hello(pid=8)) == {"NodeStatus": 0}


def test_a_synchronisation_that_was_cut_off_is_begun_again() -> None:
    """What is sent again comes in any order, so that its numbers say nothing of the rest."""
    numbers = SeenNumbers()
    numbers.seen(hello())
    numbers.note(WHO, NAMES, 9, is_sync=True)

    assert numbers.seen(hello()) == {"NodeStatus": 0}


def test_what_was_thrown_away_is_asked_for_again() -> None:
    """A collector that forgets a generator's state says so."""
    numbers = SeenNumbers()
    numbers.seen(hello())
    numbers.note(WHO, NAMES, 9, is_sync=False)
    numbers.forget(WHO)

    assert numbers.seen(hello()) == {"NodeStatus": 0}


def test_a_stranger_is_not_noted() -> None:
    """Only who introduced itself is remembered."""
    numbers = SeenNumbers()
    numbers.note(WHO, NAMES, 9, is_sync=False)

    assert len(numbers) == 0


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=60))
def test_memory_is_bounded(events: list[tuple[int, int]]) -> None:
    """However many generators and types there are."""
    numbers = SeenNumbers(max_generators=3, max_types=4)
    for who, type_ in events:
        numbers.seen(hello(source=f"host-{who}"))
        numbers.note(Identity(f"host-{who}", "Compute", "agent", "0"), [f"T{type_}"], 1, is_sync=False)

    assert len(numbers) <= 3
    assert all(len(each.numbers) <= 4 for each in numbers._generators.values())
