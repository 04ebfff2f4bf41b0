import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.schemas.examples import ENTITY, INCIDENT, LABELS, opened
from satark.schemas.silences import Matcher, Silence, matches, subject_of

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def silence(*matchers: Matcher, by: str = "asha") -> Silence:
    """Return a silence of an hour from now."""
    return Silence.of(matchers=matchers, starts=NOW, ends=NOW + HOUR, time=NOW, by=by)


class TestMatches:
    @pytest.mark.parametrize(
        ("pattern", "text", "expected"),
        [
            ("Pune", "Pune", True),
            ("Pune", "Pune-01", False),
            ("Pune*", "Pune-01", True),
            ("*-01", "Pune-01", True),
            ("P*e*1", "Pune-01", True),
            ("P*e*e*1", "Pune-01", False),
            ("*", "", True),
            ("", "", True),
            ("", "x", False),
            ("ab*ba", "aba", False),
            ("a.c", "abc", False),
            ("[a-z]", "b", False),
            ("?", "b", False),
        ],
    )
    def test_only_the_asterisk_is_special(self, pattern: str, text: str, expected: bool) -> None:
        """A pattern is a text in which an asterisk stands for any text, and nothing else is special."""
        assert matches(pattern, text) is expected

    @given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
    def test_agrees_with_a_regular_expression(self, pattern: str, text: str) -> None:
        """It decides as the regular expression would."""
        expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None

        assert matches(pattern, text) is expected

    def test_does_not_take_long(self) -> None:
        """A pattern of asterisks is no attack."""
        assert not matches("*a" * 512 + "b", "a" * 100_000)


class TestSilence:
    @pytest.mark.parametrize(
        ("after", "expected"), [(-HOUR, False), (timedelta(), True), (HOUR / 2, True), (HOUR, False)]
    )
    def test_holds_for_its_time(self, after: timedelta, expected: bool) -> None:
        """A silence holds from its start until before its end."""
        made = silence(Matcher(name="edge", pattern="Pune-*"))

        assert made.covers(subject_of(opened()), NOW + after) is expected

    def test_all_matchers_must_hold(self) -> None:
        """One matcher that does not hold is enough to be told."""
        subject = subject_of(opened())
        edge, other = Matcher(name="edge", pattern="Pune-01"), Matcher(name="isp", pattern="other")

        assert silence(edge).covers(subject, NOW)
        assert not silence(edge, other).covers(subject, NOW)

    def test_a_negated_matcher_holds_for_the_others(self) -> None:
        """A negated matcher holds for all but what it matches, also where the label is missing."""
        subject = subject_of(opened())

        assert not silence(Matcher(name="edge", pattern="Pune-*", negated=True)).covers(subject, NOW)
        assert silence(Matcher(name="vendor", pattern="x", negated=True)).covers(subject, NOW)
        assert silence(Matcher(name="vendor", pattern="")).covers(subject, NOW)

    def test_ends_before_its_time(self) -> None:
        """Who ends a silence says so under the same id, in another event."""
        made = silence(Matcher(name="edge", pattern="*"))

        ended = made.ended(time=NOW + HOUR / 2, by="ben")

        assert (ended.silence, ended.ends, ended.ended_by, ended.by) == (made.silence, NOW + HOUR / 2, "ben", "asha")
        assert ended.id != made.id
        assert not ended.covers(subject_of(opened()), NOW + HOUR / 2)

    def test_the_same_word_has_the_same_id(self) -> None:
        """Saying the same twice at the same time is one silence; another person's is another."""
        matcher = Matcher(name="edge", pattern="*")

        assert silence(matcher) == silence(matcher)
        assert silence(matcher).silence != silence(matcher, by="ben").silence


def test_one_origin_is_one_silence() -> None:
    """What is said twice for one reason is one silence, whenever that is; for another reason it is another."""
    matchers = [Matcher(name="edge", pattern="Pune")]

    def said(at: datetime, origin: str) -> Silence:
        return Silence.of(matchers=matchers, starts=at, ends=at + HOUR, time=at, by="asha", origin=origin)

    first, again, other = said(NOW, "link 1"), said(NOW + HOUR, "link 1"), said(NOW, "link 2")

    assert first.silence == again.silence
    assert first.id != again.id
    assert 3 == len({first.silence, other.silence, silence(*matchers).silence})


def test_the_subject_of_an_incident() -> None:
    """An incident is known by its labels and by what it is."""
    expected = {**LABELS, "entity": ENTITY, "kind": "wan-link", "severity": "critical", "incident": INCIDENT}

    assert subject_of(opened()) == {**expected, "severity": opened().severity.value}
