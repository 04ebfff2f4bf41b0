"""Matchers in Alertmanager's words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.notifier.routing.matchers import Matcher, Operator, holds, parsed

names = st.from_regex(r"[a-z_][a-z0-9_]{0,10}", fullmatch=True)
plain = st.builds(Matcher, names, st.sampled_from([Operator.IS, Operator.IS_NOT]), st.text(max_size=20))


class TestParsed:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('severity="critical"', ['severity="critical"']),
            ("severity=critical", ['severity="critical"']),
            (' site =~ "London|Oslo" ', ['site=~"London|Oslo"']),
            ("isp!~.*LTE", ['isp!~".*LTE"']),
            ("link != Verizon LTE ", ['link!="Verizon LTE"']),
            ('{a="1", b!="2,3"}', ['a="1"', 'b!="2,3"']),
            ("a=1,b=2,", ['a="1"', 'b="2"']),
            ('a="say \\"hi\\""', ['a="say \\"hi\\""']),
            ('ip=~"10\\.0\\..*"', ['ip=~"10\\\\.0\\\\..*"']),
            ("site=", ['site=""']),
        ],
    )
    def test_rows(self, text: str, expected: list[str]) -> None:
        """Quotes are needed only around commas, quotes and braces."""
        assert expected == [str(one) for one in parsed(text)]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "a label, one of"),
            ("severity", "a label, one of"),
            ("=critical", "a label, one of"),
            ('a="b', "the quotes are not closed"),
            ('a="b" c="d"', "a comma stands between"),
            ('a=b"c', "a comma stands between"),
            ('a=~"("', "a ( has no ) after it"),
            ("a=" + "b" * 2000, "it may have 2000 characters"),
        ],
    )
    def test_mistakes(self, text: str, told: str) -> None:
        """What is no matcher is told in words."""
        with pytest.raises(ValueError, match=re.escape(told)):
            parsed(text)

    @given(st.lists(plain, min_size=1, max_size=4))
    def test_round_trip(self, matchers: list[Matcher]) -> None:
        """What is shown of matchers is read as the same matchers."""
        assert tuple(matchers) == parsed(", ".join(map(str, matchers)))

    @given(st.text(r'ab=~!",{}\ (|', max_size=20))
    def test_any(self, text: str) -> None:
        """Any text is matchers or a ValueError."""
        try:
            assert parsed(text)
        except ValueError:
            return


class TestHolds:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("site=Oslo", True),
            ("site=oslo", False),
            ("site!=Oslo", False),
            ("site=~O.*", True),
            ("site=~O", False),
            ("site!~O.*", False),
            ("none=", True),
            ("none!=", False),
            ("none=~.*", True),
            ("none=~.+", False),
            ("site=Oslo, kind=wan-link", True),
            ("site=Oslo, kind=x", False),
        ],
    )
    def test_rows(self, text: str, expected: bool) -> None:
        """All must hold; a label that is not there is the empty text."""
        assert expected is holds(parsed(text), {"site": "Oslo", "kind": "wan-link"})

    def test_none(self) -> None:
        """Without matchers everything matches."""
        assert holds((), {})
