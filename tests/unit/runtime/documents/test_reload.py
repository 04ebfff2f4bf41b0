from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from satark.runtime.documents import parse
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.reload import Outcome, Running, decide
from satark.runtime.documents.shapes import WRONG
from satark.runtime.documents.values import choice

GOOD = [b"a", b"b", b"c"]
BAD = [b"x", b"[]"]


def read(content: bytes) -> list[str]:
    """Return the letter of a file in a list of its own, equal to others but never the same."""
    mistakes = Mistakes("f", content)
    found = choice("abc").read(parse(content), mistakes)
    if found is WRONG:
        raise mistakes.error()
    return [found]


def seen(running: Running[list[str]], content: bytes) -> tuple[Running[list[str]], Outcome]:
    """Return what counts once the text was seen."""
    return decide(running, content, partial(read, content))


class TestDecide:
    def test_same(self) -> None:
        """The same text is nothing."""
        running, _ = seen(Running([]), GOOD[0])

        assert seen(running, GOOD[0]) == (running, Outcome.UNCHANGED)

    def test_bad(self) -> None:
        """A bad text changes nothing, and its mistakes are known until it is another."""
        before, _ = seen(Running([]), GOOD[0])
        running, outcome = seen(before, BAD[0])

        assert outcome is Outcome.REFUSED
        assert running.value is before.value
        assert [str(one) for one in running.mistakes] == ["f:1:1: expected a or b or c, not x"]
        assert seen(running, BAD[0]) == (running, Outcome.UNCHANGED)

    def test_back(self) -> None:
        """A file that is put back to what runs is taken without being read: nothing is begun anew."""
        before, _ = seen(Running([]), GOOD[0])
        broken, _ = seen(before, BAD[0])
        running, outcome = seen(broken, GOOD[0])

        assert (outcome, running.mistakes) == (Outcome.TAKEN, ())
        assert running.value is before.value

    @given(st.lists(st.sampled_from([*GOOD, *BAD]), max_size=8))
    def test_any_texts(self, texts: list[bytes]) -> None:
        """Whatever a file held: what counts is its last good text, and mistakes are those of its last text."""
        running: Running[list[str]] = Running([])
        good = last = None
        for text in texts:
            running, outcome = seen(running, text)
            good = text if text in GOOD else good
            expected = Outcome.TAKEN if text in GOOD else Outcome.REFUSED
            assert outcome is (Outcome.UNCHANGED if text == last else expected)
            last = text

        assert running.value == ([] if good is None else [good.decode()])
        assert bool(running.mistakes) is (last in BAD)
