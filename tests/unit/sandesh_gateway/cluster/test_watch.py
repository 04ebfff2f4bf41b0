from satark.sandesh_gateway.cluster.watch import is_over
from tests.unit.sandesh_gateway.cluster.words import down, up


class TestIsOver:
    def test_a_later_session_ends_ours(self) -> None:
        """One that was opened elsewhere with a greater number ends ours, an earlier one does not."""
        assert is_over(2, up("a", 3, "g2"), gateway="g1")
        assert not is_over(2, up("a", 1, "g2"), gateway="g1")
        assert not is_over(2, down("a", 1, "g2"), gateway="g1")

    def test_our_own_word_does_not(self) -> None:
        """Hearing the beginning of our own session changes nothing."""
        assert not is_over(2, up("a", 2, "g1"), gateway="g1")

    def test_somebody_may_have_ended_it(self) -> None:
        """When ours is said to have ended, by whomever, it is over."""
        assert is_over(2, down("a", 2, "g1"), gateway="g1")

    def test_one_number_at_two_gateways_is_over_at_both(self) -> None:
        """Shares of two sessions of one number cannot be told apart."""
        assert is_over(2, up("a", 2, "g2"), gateway="g1")
        assert is_over(2, up("a", 2, "g1"), gateway="g2")
