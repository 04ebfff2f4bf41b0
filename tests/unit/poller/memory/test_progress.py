"""Progress: against a plain set of the samples that were read of each edge."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from satark.poller.memory.progress import EdgeKey, Gap, Progress
from satark.poller.schedule import Window
from tests.unit.poller.doubles import NOON

STEP = timedelta(minutes=5)
MOST = 30
A, B, C, WHOLE = ("1", "a"), ("1", "b"), ("2", "c"), ("1", "")
EDGES = (A, B, C, WHOLE)
KEYS = st.sampled_from(EDGES)
NUMBERS = st.integers(-5, MOST)
SPANS = st.tuples(NUMBERS, NUMBERS)


def at(number: int) -> datetime:
    """Return the start of a sample, counted from noon."""
    return NOON + number * STEP


def span(first: int, last: int) -> Window:
    """Return the window from one sample up to but not including another."""
    return Window(at(first), at(last))


def fresh(*keys: EdgeKey) -> Progress:
    """Return progress since noon with some edges of which nothing was read."""
    progress = Progress(since=NOON, sample_s=300)
    for key in keys:
        progress.begin(key, NOON)
    return progress


class TestProgress:
    def test_nothing_known(self) -> None:
        """Without any edge everything was read."""
        assert fresh().gaps(at(3)) == []
        assert fresh().low(at(3)) == at(3)
        assert fresh().high == NOON

    def test_same_gap_together(self) -> None:
        """Edges that lack the same samples are found together."""
        progress = fresh(A, B, C)
        progress.read([C], span(0, 1))

        assert progress.gaps(at(2)) == [Gap((A, B), (at(0), at(1))), Gap((C,), (at(1),))]

    def test_slowest_counts(self) -> None:
        """The slowest edge decides what was read whole, the fastest how far the clock was."""
        progress = fresh(A, B)
        progress.read([A], span(0, 3))

        assert progress.low(at(3)) == NOON
        assert progress.high == at(3)

    def test_hole(self) -> None:
        """A sample in the middle that failed is lacking although later ones were read."""
        progress = fresh(A)
        progress.read([A], span(0, 1))
        progress.read([A], span(2, 3))

        assert progress.gaps(at(3)) == [Gap((A,), (at(1),))]
        assert progress.low(at(3)) == at(1)

    def test_like_another(self) -> None:
        """Edges that are listed at last have what was read of their enterprise as a whole."""
        progress = fresh(WHOLE)
        progress.read([WHOLE], span(0, 2))
        progress.begin(A, NOON, like=WHOLE)

        assert progress.gaps(at(3)) == [Gap((WHOLE, A), (at(2),))]

    def test_began_already(self) -> None:
        """An edge that is known is not begun again."""
        progress = fresh(A)
        progress.begin(A, at(3))

        assert progress.low(at(3)) == NOON

    def test_unknown_edge(self) -> None:
        """What is not known is neither read nor given up, and holds nothing back."""
        progress = fresh()
        progress.read([A], span(0, 1))
        progress.reopen(A, span(0, 1))

        assert progress.give_up_edge(A, span(0, 1)) == 0
        assert A not in progress
        assert len(progress) == 0

    def test_give_up(self) -> None:
        """Giving up counts what is lost, by edge."""
        progress = fresh(A, B)
        progress.read([A], span(0, 2))

        assert progress.give_up(at(3)) == {A: 1, B: 3}
        assert progress.give_up(at(3)) == {}
        assert progress.low(at(3)) == at(3)

    def test_left_the_inventory(self) -> None:
        """What left the inventory holds nothing back."""
        progress = fresh(A, B)
        progress.read([B], span(0, 3))
        progress.keep_only([B])

        assert progress.low(at(3)) == at(3)
        assert len(progress) == 1

    @given(st.integers(0, 400), st.integers(1, 400))
    def test_day_at_once(self, first: int, count: int) -> None:
        """A long window is its samples."""
        progress = fresh(A)
        progress.read([A], span(first, first + count))
        lacking = [number for gap in progress.gaps(at(1_000)) for number in gap.starts]

        assert lacking == [at(n) for n in range(1_000) if not first <= n < first + count]


class ProgressMachine(RuleBasedStateMachine):
    """Every operation in any order, beside a set of the samples that were read of each edge since noon."""

    def __init__(self) -> None:
        super().__init__()
        self.progress = Progress(since=NOON, sample_s=300)
        self.model: dict[EdgeKey, set[int]] = {}
        self.base = 0
        self.high = 0

    def _between(self, window: tuple[int, int]) -> set[int]:
        return set(range(max(window[0], self.base), window[1]))

    @rule(key=KEYS, number=NUMBERS, like=st.none() | KEYS)
    def begin(self, key: EdgeKey, number: int, like: EdgeKey | None) -> None:
        """Know an edge."""
        self.progress.begin(key, at(number), like=like)
        known = None if like is None else self.model.get(like)
        self.model.setdefault(key, set(self._between((0, number)) if known is None else known))

    @rule(keys=st.sets(KEYS), window=SPANS)
    def read(self, keys: set[EdgeKey], window: tuple[int, int]) -> None:
        """Answer a window."""
        self.progress.read(keys, span(*window))
        for key in keys & self.model.keys():
            self.model[key] |= self._between(window)
        self.high = max(self.high, window[1])

    @rule(key=KEYS, window=SPANS)
    def reopen(self, key: EdgeKey, window: tuple[int, int]) -> None:
        """Ask again."""
        self.progress.reopen(key, span(*window))
        if key in self.model:
            self.model[key] -= self._between(window)

    @rule(number=NUMBERS)
    def give_up(self, number: int) -> None:
        """Count what is old as read."""
        old = self._between((0, number))
        expected = {key: len(old - read) for key, read in self.model.items() if old - read}
        for read in self.model.values():
            read.update(old)

        assert self.progress.give_up(at(number)) == expected

    @rule(key=KEYS, window=SPANS)
    def give_up_edge(self, key: EdgeKey, window: tuple[int, int]) -> None:
        """Count a window of one edge as read."""
        lost = self._between(window) - self.model[key] if key in self.model else set()
        self.model.get(key, set()).update(lost)

        assert self.progress.give_up_edge(key, span(*window)) == len(lost)

    @rule(keys=st.sets(KEYS))
    def keep_only(self, keys: set[EdgeKey]) -> None:
        """Drop edges."""
        self.progress.keep_only(keys)
        self.model = {key: read for key, read in self.model.items() if key in keys}

    @rule(number=st.integers(-5, 10))
    def forget(self, number: int) -> None:
        """Let everything begin later."""
        self.progress.forget(at(number))
        self.base = max(self.base, number)
        self.high = max(self.high, self.base)
        for read in self.model.values():
            read.difference_update(range(self.base))

    @invariant()
    def same(self) -> None:
        """Gaps, low and high are those of the model, for any goal."""
        for goal in (0, 7, MOST + 5):
            wanted = self._between((0, goal))
            lacking = {key: tuple(at(n) for n in sorted(wanted - read)) for key, read in self.model.items()}
            gaps = self.progress.gaps(at(goal))
            found = {key: gap.starts for gap in gaps for key in gap.edges}

            assert found == {key: starts for key, starts in lacking.items() if starts}
            assert len({gap.starts for gap in gaps}) == len(gaps)
            assert self.progress.low(at(goal)) == min((starts[0] for starts in found.values()), default=at(goal))
        assert self.progress.high == at(self.high)
        assert len(self.progress) == len(self.model)
        assert all((key in self.progress) is (key in self.model) for key in EDGES)


TestProgressMachine = ProgressMachine.TestCase
TestProgressMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
