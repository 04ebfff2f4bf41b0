from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh_gateway.cluster.sessions import Sessions, ended
from satark.schemas.generators import Connection, GeneratorSession, session_id
from tests.unit.sandesh_gateway.cluster.words import BEGIN, down, up

words = st.builds(
    lambda make, generator, session, gateway, at_s: make(generator, session, gateway, at_s=at_s),
    st.sampled_from([up, down]),
    st.sampled_from(["a", "b"]),
    st.integers(1, 4),
    st.sampled_from(["g1", "g2"]),
    st.integers(0, 3),
)


def learned(events: list[GeneratorSession], *, limit: int = 100) -> Sessions:
    """Return what is known after some words."""
    sessions = Sessions(limit=limit)
    for event in events:
        sessions.learn(event)
    return sessions


class TestSessions:
    def test_the_latest_session_counts(self) -> None:
        """A later session takes the generator over; what is said of an earlier one changes nothing."""
        sessions = learned([up("a", 1, "g1"), up("a", 2, "g2")])

        assert not sessions.learn(down("a", 1, "g1"))
        assert sessions.open_session("a") == up("a", 2, "g2")
        assert (sessions.gateways(), sessions.held_by("g1")) == (["g2"], [])

    def test_an_end_is_final(self) -> None:
        """After its end a session's beginning, read again, does not bring it back."""
        sessions = learned([down("a", 1, "g1"), up("a", 1, "g1")])

        assert sessions.open_session("a") is None
        assert list(sessions.open_sessions()) == []

    def test_a_session_is_closed_once(self) -> None:
        """Closing ends the session that is meant, and none that began after it."""
        sessions = learned([up("a", 1, "g1"), up("b", 1, "g1"), up("b", 2, "g1")])
        sessions.close(up("a", 1, "g1"))
        sessions.close(up("b", 1, "g1"))
        sessions.close(up("c", 1, "g1"))

        assert [each.generator for each in sessions.open_sessions()] == ["b"]
        assert len(sessions) == 2

    @given(st.lists(words, max_size=5), st.data())
    def test_order_and_repetition_do_not_matter(self, events: list[GeneratorSession], data: st.DataObject) -> None:
        """The same words in any order, some of them twice, give the same state."""
        order = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events or [up("a", 1, "g")])))))
        seen = [each for each in order if each in events]

        one, other = learned(events), learned(seen)

        assert {s.generator: s for s in one.open_sessions()} == {s.generator: s for s in other.open_sessions()}
        assert sorted(one.gateways()) == sorted(other.gateways())

    def test_a_shadowed_session_is_told(self) -> None:
        """A session behind which the word of an earlier one was written is told until it is the last again."""
        sessions = learned([up("a", 2, "g2"), down("a", 1, "g1")])

        assert sessions.shadowed() == [up("a", 2, "g2")]
        sessions.learn(up("a", 2, "g2"))
        assert sessions.shadowed() == []

    def test_one_number_at_two_gateways_is_seen_alike(self) -> None:
        """Where two gateways gave the same number, everybody agrees on who is known to hold the generator."""
        events = [up("a", 1, "g1"), up("a", 1, "g2")]

        assert {learned(list(order)).gateways()[0] for order in permutations(events)} == {"g2"}

    def test_numbers_grow(self) -> None:
        """A number is the time, but above every known one of the generator and every one given before."""
        sessions = learned([up("a", 50, "g1")])

        assert sessions.next_number("a", now_us=100) == 100
        assert sessions.next_number("b", now_us=100) == 101
        sessions.learn(down("a", 500, "g2"))
        assert sessions.next_number("a", now_us=90) == 501
        assert sessions.next_number("b", now_us=1_000) == 1_000

    def test_what_ended_first_is_forgotten_first(self) -> None:
        """Beyond the limit ended sessions go, open ones stay; numbers remain above those that are forgotten."""
        sessions = learned([down("a", 900, "g"), up("b", 1, "g"), down("c", 2, "g"), up("d", 3, "g")], limit=2)

        assert {each.generator for each in sessions.open_sessions()} == {"b", "d"}
        assert len(sessions) == 2
        sessions.learn(up("e", 4, "g"))
        assert len(sessions) == 3
        assert sessions.next_number("a", now_us=5) > 900

    def test_a_word_is_replaced_by_a_newer_one_of_the_same_session(self) -> None:
        """When a session is told again, with another address, the newer word is kept."""
        newer = up("a", 1, "g1", at_s=1)
        sessions = learned([up("a", 1, "g1"), newer])

        assert sessions.open_session("a") == newer
        assert newer.state is Connection.UP


class TestEnded:
    def test_it_is_the_same_session_ended(self) -> None:
        """The event of the end has all that the beginning said, its own id, and the reason."""
        event = ended(up("a", 2, "g1"), "gateway g1 is lost", BEGIN)

        assert (event.session, event.gateway, event.state) == (2, "g1", Connection.DOWN)
        assert event.id == session_id("a", 2, Connection.DOWN)
        assert event.reason == "gateway g1 is lost"
