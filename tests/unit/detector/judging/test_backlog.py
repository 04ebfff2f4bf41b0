from hypothesis import given
from hypothesis import strategies as st

from satark.detector.judging.backlog import PATIENCE_S, WORTH, Backlog


def test_nothing_waits_at_first() -> None:
    """There is nothing to write, and samples are waited for as long as it takes."""
    backlog = Backlog(1.0)

    assert not backlog
    assert not backlog.is_due(1e9, is_idle=True)
    assert backlog.due_in_s(1e9) is None


def test_an_idle_detector_writes_once_an_interval() -> None:
    """At once after a pause, then not before the interval is over."""
    backlog = Backlog(1.0)
    backlog.judged(["a"], 1)
    first = (backlog.is_due(100.0, is_idle=True), backlog.due_in_s(100.0))
    backlog.take(100.0)
    backlog.judged(["b"], 1)

    assert (True, 0.0) == first
    assert not backlog.is_due(100.5, is_idle=True)
    assert 0.5 == backlog.due_in_s(100.5)
    assert backlog.is_due(101.0, is_idle=True)


def test_under_load_it_waits_until_writing_is_worth_it() -> None:
    """Many samples for each state, or seconds have passed."""
    backlog = Backlog(1.0)
    backlog.take(0.0)
    backlog.changed(0, ["x", "y"])
    backlog.judged(["a"], 2 * WORTH - 1)
    before = backlog.is_due(5.0, is_idle=False)
    patience = backlog.is_due(PATIENCE_S, is_idle=False)
    backlog.judged(["b"], 1)

    assert (False, True, True) == (before, patience, backlog.is_due(5.0, is_idle=False))


def test_what_is_written_meanwhile_is_not_written_again() -> None:
    """Unless it changes once more."""
    backlog = Backlog(1.0)
    backlog.changed(0, ["x", "y"])
    backlog.changed(1, ["z"])
    backlog.written(0, ["x"])
    backlog.written(1, ["z"])
    backlog.written(2, ["z"])
    backlog.judged(["a"], 3)

    assert {0: ("y",)} == backlog.take(0.0).entities


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abcdef"))))
def test_each_state_is_taken_once_and_chunks_in_order(changes: list[tuple[int, str]]) -> None:
    """However often it changed; what is taken waits no more."""
    backlog = Backlog(1.0)
    for number, (partition, entity) in enumerate(changes):
        backlog.changed(partition, [entity])
        backlog.judged([number], 1)
    taken = backlog.take(0.0)

    assert set(changes) == {(partition, entity) for partition, names in taken.entities.items() for entity in names}
    assert len(set(changes)) == sum(map(len, taken.entities.values()))
    assert tuple(range(len(changes))) == taken.chunks
    assert not backlog
