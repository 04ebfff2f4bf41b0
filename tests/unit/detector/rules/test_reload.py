from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.rules import default_rulebook, read
from satark.detector.rules.reload import Outcome, Running, decide

GOOD = [f"version: 1\nrules: [{{name: {name}}}]".encode() for name in "abc"]
BAD = [b"version: 2", b"rules: [", b"\xff"]


class TestDecide:
    def test_same(self) -> None:
        """The same text is nothing."""
        running, _ = decide(Running(default_rulebook()), GOOD[0], "f")

        assert decide(running, GOOD[0], "f") == (running, Outcome.UNCHANGED)

    def test_bad(self) -> None:
        """A bad text changes nothing, and its mistakes are known until it is another."""
        before, _ = decide(Running(default_rulebook()), GOOD[0], "f")
        running, outcome = decide(before, BAD[0], "f")

        assert outcome is Outcome.REFUSED
        assert running.rulebook is before.rulebook
        assert [str(one) for one in running.mistakes] == ["f:1:10: version: expected 1, not 2"]
        assert decide(running, BAD[0], "f") == (running, Outcome.UNCHANGED)

    def test_back(self) -> None:
        """A file that is put back to what runs is taken without being read: nothing is begun anew."""
        before, _ = decide(Running(default_rulebook()), GOOD[0], "f")
        broken, _ = decide(before, BAD[0], "f")
        running, outcome = decide(broken, GOOD[0], "f")

        assert (outcome, running.mistakes) == (Outcome.TAKEN, ())
        assert running.rulebook is before.rulebook

    @settings(deadline=None)
    @given(st.lists(st.sampled_from([*GOOD, *BAD]), max_size=8))
    def test_any_texts(self, texts: list[bytes]) -> None:
        """Whatever a file held: the rules are those of its last good text, and mistakes those of its last text."""
        running, good = Running(default_rulebook()), None
        last = None
        for text in texts:
            running, outcome = decide(running, text, "f")
            good = text if text in GOOD else good
            expected = Outcome.TAKEN if text in GOOD else Outcome.REFUSED
            assert outcome is (Outcome.UNCHANGED if text == last else expected)
            last = text

        rules = default_rulebook() if good is None else read(good, "f")
        assert [rule.name for rule in rules.rules] == [rule.name for rule in running.rulebook.rules]
        assert bool(running.mistakes) is (last in BAD)
