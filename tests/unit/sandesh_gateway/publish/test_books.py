import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from satark.sandesh_gateway.publish.books import Books, Fate


class BookKeeping(RuleBasedStateMachine):
    """Messages come and end in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.books = Books(max_names=3)
        self.open: list[str] = []
        self.ended = 0

    @rule(name=st.sampled_from("abcdef"), length=st.integers(0, 1_000), level=st.integers(-100, 10))
    def receive(self, name: str, length: int, level: int) -> None:
        """A message comes."""
        self.open.append(self.books.received(name, length, level=level))

    @precondition(lambda self: self.open)
    @rule(fate=st.sampled_from(Fate), cause=st.sampled_from(["x", "y"]), data=st.data())
    def end(self, fate: Fate, cause: str, data: st.DataObject) -> None:
        """One that is open ends."""
        self.books.ended(self.open.pop(data.draw(st.integers(0, len(self.open) - 1))), fate, cause)
        self.ended += 1

    @invariant()
    def balance(self) -> None:
        """Received is pending, published, dropped and dead-lettered together."""
        accounts = self.books.accounts.values()
        assert self.books.pending == len(self.open)
        assert self.ended == sum(
            each.published + each.dropped.total() + each.dead_lettered.total() for each in accounts
        )
        assert all(
            each.received == each.pending + each.published + each.dropped.total() + each.dead_lettered.total()
            for each in accounts
        )
        assert all(each.pending >= 0 for each in accounts)

    @invariant()
    def bounded(self) -> None:
        """A daemon that makes up names has them in one account."""
        assert len(self.books.accounts) <= 4


TestBookKeeping = BookKeeping.TestCase


def test_refuses_an_end_without_a_beginning() -> None:
    """Books that would not balance are a fault of ours."""
    books = Books()
    books.ended(books.received("A", 10), Fate.PUBLISHED)

    with pytest.raises(ValueError, match="no message A is pending"):
        books.ended("A", Fate.DROPPED, "x")


def test_counts_by_name_and_level() -> None:
    """What the generator's UVE tells."""
    books = Books()

    books.received("A", 10, level=3, at_us=5)
    books.received("A", 20, level=3, at_us=4)
    books.received("A", 1, level=7)

    assert books.by_level == {("A", 3): (2, 30), ("A", 7): (1, 1)}
    assert books.accounts["A"].at_us == 5
    assert books.accounts["A"].received_bytes == 31
