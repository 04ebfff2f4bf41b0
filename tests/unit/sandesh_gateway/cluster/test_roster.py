from datetime import timedelta

import pytest

from satark.sandesh_gateway.cluster import roster as module
from satark.sandesh_gateway.cluster.roster import Expired, Roster
from tests.unit.sandesh_gateway.cluster.words import BEGIN, LEASE_S, down, lease, up


def listening(name: str = "g1") -> Roster:
    """Return a roster that listens."""
    roster = Roster(name, started=BEGIN, lease_s=LEASE_S)
    roster.listen()
    return roster


def renew(roster: Roster, from_s: int, to_s: int, *others: str) -> None:
    """Let the roster hear its own lease, and those of some others just before it, every third of a lease."""
    for at_s in range(from_s, to_s + 1, 5):
        for name in (*others, roster.gateway):
            roster.learn_lease(lease(name, at_s), now_s=at_s)


class TestExpired:
    def test_a_silent_gateway_is_over_after_its_lease(self) -> None:
        """The first of the living withdraws when the lease is over, not before."""
        roster = listening()
        roster.learn_lease(lease("g2", 2), now_s=2.0)
        roster.learn_session(up("a", 1, "g2"), now_s=2.0)
        renew(roster, 2, 17)

        assert roster.expired(now_s=16.9) == []
        assert roster.expired(now_s=17.0) == [Expired("g2", (up("a", 1, "g2"),))]

    def test_the_others_wait_one_more_lease(self) -> None:
        """A gateway that is not the first of the living withdraws only when that one has not done it."""
        roster = listening("g2")
        roster.learn_session(up("a", 1, "g3"), now_s=0.0)
        renew(roster, 0, 30, "g1")

        assert roster.expired(now_s=29.9) == []
        assert [each.gateway for each in roster.expired(now_s=30.0)] == ["g3"]

    def test_what_is_withdrawn_is_not_due_again(self) -> None:
        """Sessions that were withdrawn, moved or ended are nobody's to withdraw."""
        roster = listening()
        for name in ("a", "b", "c"):
            roster.learn_session(up(name, 1, "g2"), now_s=0.0)
        roster.learn_session(up("b", 2, "g1"), now_s=1.0)
        roster.learn_session(down("c", 1, "g2"), now_s=1.0)
        renew(roster, 0, 20)
        found = roster.expired(now_s=20.0)
        roster.withdrawn(found[0].sessions)

        assert found == [Expired("g2", (up("a", 1, "g2"),))]
        assert roster.expired(now_s=20.0) == []

    def test_a_longer_lease_is_waited_for(self) -> None:
        """A gateway whose lease is longer than this one's is silent only after its own."""
        roster = listening()
        roster.learn_lease(lease("g2", 0, lease_s=30.0), now_s=0.0)
        roster.learn_session(up("a", 1, "g2"), now_s=0.0)
        renew(roster, 0, 25)

        assert roster.expired(now_s=29.0) == []
        renew(roster, 30, 30)
        assert [each.gateway for each in roster.expired(now_s=30.0)] == ["g2"]

    def test_nobody_is_judged_by_a_blind_gateway(self) -> None:
        """While its own lease is not heard, a gateway judges nobody; when it sees again, all may be heard first."""
        roster = listening()
        roster.learn_session(up("a", 1, "g2"), now_s=0.0)
        renew(roster, 0, 5, "g2")

        assert roster.expired(now_s=100.0) == []
        renew(roster, 100, 105)
        assert roster.expired(now_s=109.0) == []
        assert roster.living(now_s=109.0) == ["g1", "g2"]
        renew(roster, 110, 115, "g2")
        assert roster.expired(now_s=120.0) == []

    def test_one_that_stood_still_judges_by_what_was_written_meanwhile(self) -> None:
        """A process that reads late, all at once, finds the others' leases between its own."""
        roster = listening()
        roster.learn_session(up("a", 1, "g2"), now_s=0.0)
        renew(roster, 0, 5, "g2")
        for at_s in range(10, 60, 5):
            roster.learn_lease(lease("g1", at_s), now_s=60.0)
            if at_s % 15 == 0:
                roster.learn_lease(lease("g2", at_s), now_s=60.0)

        assert roster.expired(now_s=76.0) == []

    def test_nobody_is_judged_before_all_is_known(self) -> None:
        """Before it listens a gateway withdraws nothing, whatever it has heard."""
        roster = Roster("g1", started=BEGIN, lease_s=LEASE_S)
        roster.learn_session(up("a", 1, "g2"), now_s=-1_000.0)
        renew(roster, 0, 50)

        assert roster.expired(now_s=50.0) == []

    def test_one_that_was_silent_since_the_start_is_judged_by_its_record(self) -> None:
        """A lease that was over before the start counts as over, after the time in which a living one would speak."""
        roster = Roster("g1", started=BEGIN, lease_s=LEASE_S)
        roster.learn_lease(lease("g2", -3_600), now_s=0.0, silent_s=3_600.0)
        roster.learn_lease(lease("g3", -5), now_s=0.0, silent_s=5.0)
        roster.learn_session(up("a", 1, "g2"), now_s=0.0)
        roster.learn_session(up("b", 1, "g3"), now_s=0.0)
        roster.listen()
        renew(roster, 0, 10)

        assert roster.expired(now_s=14.9) == []
        renew(roster, 15, 15)
        assert {each.gateway for each in roster.expired(now_s=15.0)} == {"g2", "g3"}

    def test_a_gateway_without_a_lease_has_one_from_its_first_word(self) -> None:
        """Sessions of a gateway whose lease is not known, or kept no longer, are withdrawn after a lease."""
        roster = listening()
        roster.learn_session(up("a", 1, "g2"), now_s=5.0)
        renew(roster, 5, 20)

        assert roster.expired(now_s=19.9) == []
        assert [each.gateway for each in roster.expired(now_s=20.0)] == ["g2"]

    def test_a_process_withdraws_what_its_forerunner_held(self) -> None:
        """Sessions under its own name that were there before it are withdrawn, those that it begins are not."""
        roster = Roster("g1", started=BEGIN + timedelta(days=1), lease_s=LEASE_S)
        roster.learn_session(up("a", 1, "g1"), now_s=0.0)
        roster.learn_session(up("b", 1, "g1"), now_s=0.0)
        roster.listen()
        roster.learn_lease(lease("g1", 0, life=1), now_s=0.0)
        roster.learn_session(up("b", 2, "g1"), now_s=1.0)
        found = roster.expired(now_s=1.0)
        roster.withdrawn(found[0].sessions)

        assert found == [Expired("g1", (up("a", 1, "g1"),))]
        assert roster.expired(now_s=2.0) == []

    def test_a_leaving_gateway_is_given_its_lease_to_end_its_sessions(self) -> None:
        """After the last word a gateway is not living; what it has not ended by the end of its lease is withdrawn."""
        roster = listening("g2")
        roster.learn_lease(lease("g1", 1, leaving=True), now_s=1.0)
        roster.learn_session(up("a", 1, "g1"), now_s=1.0)
        renew(roster, 1, 16)

        assert roster.living(now_s=1.0) == ["g2"]
        assert roster.expired(now_s=15.0) == []
        assert [each.gateway for each in roster.expired(now_s=16.0)] == ["g1"]


class TestRoster:
    def test_old_words_do_not_revive(self) -> None:
        """A lease of the same process that is older than the last is passed over; one of a new process counts."""
        roster = listening()
        roster.learn_lease(lease("g2", 10), now_s=10.0)
        renew(roster, 10, 25)
        roster.learn_lease(lease("g2", 9), now_s=20.0)

        assert roster.living(now_s=26.0) == ["g1"]
        roster.learn_lease(lease("g2", 1, life=1), now_s=26.0)
        assert roster.living(now_s=26.0) == ["g1", "g2"]

    def test_the_holder_speaks_and_else_the_first(self) -> None:
        """For a generator its living gateway speaks; for one that nobody living holds, the first of the living."""
        roster = listening("g2")
        for name in ("g1", "g3"):
            roster.learn_lease(lease(name, 0), now_s=0.0)

        assert roster.speaker([up("a", 1, "g3"), up("b", 1, "g2")], now_s=1.0) == "g2"
        assert roster.speaker([up("a", 1, "g3")], now_s=1.0) == "g3"
        assert roster.speaker([up("a", 1, "dead")], now_s=1.0) == "g1"
        assert roster.speaker([], now_s=1.0) == "g1"

    def test_only_own_sessions_are_said_again(self) -> None:
        """Of sessions that stand behind an earlier one's word, each gateway says its own again."""
        roster = listening()
        for name, gateway in (("a", "g1"), ("b", "g2")):
            roster.learn_session(up(name, 2, gateway), now_s=0.0)
            roster.learn_session(down(name, 1, "g3"), now_s=0.0)

        assert roster.shadowed() == [up("a", 2, "g1")]

    def test_numbers_are_above_all_known(self) -> None:
        """The next session of a generator has a number above the one that another gateway gave."""
        roster = listening()
        roster.learn_session(up("a", 700, "g2"), now_s=0.0)

        assert roster.next_session("a", now_us=600) == 701

    def test_gateways_are_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Beyond the limit gateways that hold nothing are forgotten, the longest silent first."""
        monkeypatch.setattr(module, "MAX_GATEWAYS", 3)
        roster = listening()
        roster.learn_session(up("a", 1, "holder"), now_s=0.0)
        for number in range(5):
            roster.learn_lease(lease(f"x{number}", number), now_s=number)

        assert roster.living(now_s=5.0) == ["g1", "holder", "x3", "x4"]
