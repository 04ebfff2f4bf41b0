from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from satark.notifier.progress import Position, Progress

TOPIC = "satark.anomalies.v1"
HERE: Position = (TOPIC, 0)
THERE: Position = (TOPIC, 1)


class TestProgress:
    def test_commits_up_to_the_first_that_waits(self) -> None:
        """Whatever is done beyond it must be read again."""
        progress = Progress()
        progress.assign([HERE])
        for offset, ids in ((5, ()), (6, ("a",)), (7, ())):
            progress.accept(HERE, offset, ids)

        assert progress.committable() == {HERE: 6}

    def test_commits_beyond_gaps(self) -> None:
        """Offsets of a partition need not be dense."""
        progress = Progress()
        progress.assign([HERE])
        progress.accept(HERE, 5)
        progress.accept(HERE, 90)

        assert progress.committable() == {HERE: 91}

    def test_waits_for_each_receiver(self) -> None:
        """A record is done when its last notification is."""
        progress = Progress()
        progress.assign([HERE])
        progress.accept(HERE, 0, ("a", "b"))
        progress.final("a")
        before = progress.committable()
        progress.final("b")

        assert before == {HERE: 0}
        assert progress.committable() == {HERE: 1}

    def test_finishes_all_records_of_one_notification(self) -> None:
        """The same event, published twice, waits for the same mail."""
        progress = Progress()
        progress.assign([HERE])
        progress.accept(HERE, 0, ("a",))
        progress.accept(HERE, 1, ("a",))
        progress.final("a")

        assert progress.committable() == {HERE: 2}

    def test_has_nothing_to_commit_twice(self) -> None:
        """A commit is a request to the broker."""
        progress = Progress()
        progress.assign([HERE])
        progress.accept(HERE, 0)
        progress.committed(progress.committable())

        assert progress.committable() == {}

    def test_forgets_what_it_gave_away(self) -> None:
        """A partition that went and came back begins anew."""
        progress = Progress()
        progress.assign([HERE, THERE])
        progress.accept(HERE, 4, ("a",))
        progress.accept(THERE, 9, ("b",))
        progress.revoke([HERE])
        progress.final("a")

        assert not progress.expects(HERE, 4)
        assert progress.waiting([HERE, THERE]) == {"b"}
        progress.assign([HERE])
        assert progress.expects(HERE, 4)

    def test_expects_nothing_twice(self) -> None:
        """A record that was read is not read again."""
        progress = Progress()
        progress.assign([HERE])
        progress.accept(HERE, 4)

        assert [progress.expects(HERE, 4), progress.expects(HERE, 5)] == [False, True]


class ProgressMachine(RuleBasedStateMachine):
    """Compares with the plain truth: all offsets, and which ids each of them still waits for."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.progress = Progress()
        self.truth: dict[Position, dict[int, set[str]]] = {}
        self.committed: dict[Position, int] = {}
        self.offsets = {HERE: 0, THERE: 0}

    @rule(position=st.sampled_from([HERE, THERE]))
    def assign(self, position: Position) -> None:
        """A partition comes; reading begins at the committed offset."""
        self.progress.assign([position])
        self.truth[position] = {}
        self.offsets[position] = self.committed.get(position, 0)

    @rule(position=st.sampled_from([HERE, THERE]))
    def revoke(self, position: Position) -> None:
        """A partition goes."""
        self.progress.revoke([position])
        self.truth.pop(position, None)

    @rule(
        target=ids,
        position=st.sampled_from([HERE, THERE]),
        gap=st.integers(0, 3),
        ids=st.lists(st.sampled_from("abcdefgh"), max_size=3),
    )
    def accept(self, position: Position, gap: int, ids: list[str]) -> object:
        """A record is read."""
        offset = self.offsets[position] + gap
        if position not in self.truth:
            assert not self.progress.expects(position, offset)
            return multiple()
        assert self.progress.expects(position, offset)
        self.progress.accept(position, offset, ids)
        self.truth[position][offset] = set(ids)
        self.offsets[position] = offset + 1
        return multiple(*ids)

    @rule(each=consumes(ids))
    def final(self, each: str) -> None:
        """An outcome becomes final."""
        self.progress.final(each)
        for partition in self.truth.values():
            for waiting in partition.values():
                waiting.discard(each)

    @rule()
    def commit(self) -> None:
        """What may be committed is committed."""
        offsets = self.progress.committable()
        self.progress.committed(offsets)
        self.committed |= offsets

    @invariant()
    def never_passes_what_waits(self) -> None:
        """Every offset below the committable one is done, and it is the highest such."""
        offsets = self.progress.committable()
        for position, partition in self.truth.items():
            open_offsets = [offset for offset, waiting in partition.items() if waiting]
            safe = min(open_offsets, default=self.offsets[position])
            if position in offsets:
                assert offsets[position] == safe
            elif partition:
                assert self.committed[position] == safe


TestProgressMachine = ProgressMachine.TestCase
