"""Patience: a wrong answer may come right for a while."""

from datetime import timedelta

from satark.poller.look import patience
from satark.poller.look.patience import Patience
from tests.unit.poller.links import at

EDGE, OTHER = ("1", "a"), ("1", "b")


def test_over_after_its_time() -> None:
    """Wrong answers without a right one for as long as the limit are enough, counted for each edge and for bulk alone."""
    kept = Patience(600)

    assert [kept.is_over(EDGE, at(n)) for n in range(4)] == [False, False, True, True]
    assert [kept.is_over(OTHER, at(3)), kept.is_over(None, at(3))] == [False, False]


def test_a_right_answer_begins_anew() -> None:
    """After a right answer the time begins again."""
    kept = Patience(600)
    kept.is_over(EDGE, at(0))
    kept.right(EDGE)
    kept.right(OTHER)

    assert not kept.is_over(EDGE, at(0) + timedelta(hours=1))


def test_bounded() -> None:
    """Of more edges than are ever polled none is waited for."""
    kept = Patience(600)
    for number in range(patience.MAX_KNOWN):
        kept.is_over(("1", str(number)), at(0))

    assert kept.is_over(("1", "one more"), at(0))
    assert not kept.is_over(("1", "0"), at(0))
