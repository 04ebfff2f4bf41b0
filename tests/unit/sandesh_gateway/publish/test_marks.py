import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.types import Level
from satark.sandesh_gateway.publish.marks import NO_LEVEL, Marks

MARKS = Marks(800)


@pytest.mark.parametrize(
    ("pending", "level"),
    [(0, NO_LEVEL), (199, NO_LEVEL), (200, Level.SYS_DEBUG), (400, Level.SYS_ERR), (600, Level.SYS_EMERG), (900, 0)],
)
def test_drops_more_the_more_waits(pending: int, level: int) -> None:
    """Debug first, then all but the gravest, then all logs."""
    assert level == MARKS.drop_level(pending, NO_LEVEL)


@pytest.mark.parametrize(
    ("pending", "level"), [(599, Level.SYS_EMERG), (500, Level.SYS_EMERG), (499, Level.SYS_ERR), (0, NO_LEVEL)]
)
def test_relaxes_only_well_below_the_mark(pending: int, level: int) -> None:
    """A level does not flutter about its mark."""
    assert level == MARKS.drop_level(pending, Level.SYS_EMERG)


def test_reads_on_at_half_of_the_bound() -> None:
    """Between the two a pause stays a pause, and reading stays reading."""
    assert [False, True, True] == [MARKS.pauses(pending) for pending in (799, 800, 900)]
    assert [True, False] == [MARKS.resumes(pending) for pending in (400, 401)]


@given(st.lists(st.integers(0, 1_000)))
def test_is_never_laxer_than_what_waits(pendings: list[int]) -> None:
    """Whatever the way, at least what the mark says is dropped."""
    level: int = NO_LEVEL

    for pending in pendings:
        level = MARKS.drop_level(pending, level)
        assert level <= MARKS.drop_level(pending, NO_LEVEL)
