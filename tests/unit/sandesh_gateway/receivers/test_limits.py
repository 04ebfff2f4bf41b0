from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh_gateway.receivers.limits import Connections, Rates


class TestConnections:
    def test_overall_and_by_peer(self) -> None:
        """Both bounds hold, and what is closed makes room."""
        book = Connections(most=3, most_per_peer=2)
        for peer in ("a", "a", "b"):
            assert book.refusal(peer) is None
            book.opened(peer)

        assert book.refusal("c") == "too_many_connections"
        book.closed("b")
        assert book.refusal("a") == "too_many_connections_of_peer"
        assert book.refusal("b") is None
        assert book.total == 2

    def test_nobody_is_remembered(self) -> None:
        """Peers that came and went leave nothing behind."""
        book = Connections(most=3, most_per_peer=2)
        for number in range(100):
            book.refusal(str(number))
            book.opened(str(number))
            book.closed(str(number))

        assert not book._open


class TestRates:
    def test_burst_then_rate(self) -> None:
        """A burst is taken at once, then as much as the time brings."""
        book = Rates(per_s=10, burst=5)

        assert book.granted("a", 8, 100.0) == 5
        assert book.granted("a", 8, 100.0) == 0
        assert book.granted("a", 8, 100.25) == 2
        assert book.granted("a", 8, 200.0) == 5

    def test_peers_are_apart(self) -> None:
        """One peer's flood takes nothing from another."""
        book = Rates(per_s=10, burst=5)
        book.granted("a", 100, 1.0)

        assert book.granted("b", 5, 1.0) == 5

    def test_no_limit(self) -> None:
        """A rate of zero is none, and remembers nobody."""
        book = Rates(per_s=0, burst=1)

        assert book.granted("a", 1_000_000, 1.0) == 1_000_000
        assert len(book) == 0

    def test_it_is_bounded(self) -> None:
        """Of more peers than fit, the one that was quiet longest is forgotten."""
        book = Rates(per_s=1, burst=5, most_peers=2)
        for peer in ("a", "b", "a", "c"):
            book.granted(peer, 5, 1.0)

        assert len(book) == 2
        assert book.granted("a", 5, 1.0) == 0
        assert book.granted("b", 5, 1.0) == 5

    @given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 5)), max_size=40))
    def test_never_more_than_burst_and_rate(self, steps: list[tuple[int, float]]) -> None:
        """Over any time no more is granted than the burst and the rate allow."""
        book, now_s, total = Rates(per_s=3, burst=7), 0.0, 0
        for wanted, pause_s in steps:
            now_s += pause_s
            granted = book.granted("a", wanted, now_s)
            total += granted

            assert 0 <= granted <= wanted
            assert total <= 7 + 3 * now_s + 1e-6
