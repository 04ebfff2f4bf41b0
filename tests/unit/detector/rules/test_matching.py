import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.detector.rules.matching import Matching
from satark.detector.rules.patterns import Facts, Match, Patterns, Terms

LTE = Facts("wan-link", "lte", {"link": "Verizon LTE", "site": "Oslo"})
PATTERNS = st.lists(st.sampled_from(["a*", "b", "!ab", "*", ""]), min_size=1, max_size=2).map(tuple).map(Patterns)
TERMS = st.builds(
    Terms,
    st.none() | PATTERNS,
    st.none() | st.frozensets(st.sampled_from(["x", "y"]), min_size=1),
    st.dictionaries(st.sampled_from(["l", "m"]), PATTERNS, max_size=2).map(lambda found: tuple(found.items())),
)
MATCHES = st.lists(TERMS, max_size=3).map(tuple).map(Match)
VALUES = st.sampled_from(["a", "ab", "b", ""])
FACTS = st.builds(Facts, VALUES, st.sampled_from(["x", "y", ""]), st.dictionaries(st.sampled_from("lmn"), VALUES))


def is_meant(match: Match, facts: Facts) -> bool:
    """Return whether a match means an entity, term by term."""
    return not match.terms or any(
        (one.kind is None or one.kind.matches(facts.kind))
        and (one.classes is None or facts.link_class in one.classes)
        and all(patterns.matches(facts.labels.get(name, "")) for name, patterns in one.labels)
        for one in match.terms
    )


class TestNumbers:
    @pytest.mark.parametrize(
        ("terms", "expected"),
        [
            ([], True),
            ([Terms()], True),
            ([Terms(kind=Patterns(("wan-*",)))], True),
            ([Terms(kind=Patterns(("uve",)))], False),
            ([Terms(classes=frozenset({"mpls", "lte"}))], True),
            ([Terms(classes=frozenset({"mpls"}))], False),
            ([Terms(labels=(("link", Patterns(("*lte",))), ("site", Patterns(("o*",)))))], True),
            ([Terms(labels=(("link", Patterns(("*lte",))), ("site", Patterns(("p*",)))))], False),
            ([Terms(labels=(("isp", Patterns(("",))),))], True),
            ([Terms(labels=(("isp", Patterns(("*x",))),)), Terms(kind=Patterns(("wan-link",)))], True),
        ],
    )
    def test_one(self, terms: list[Terms], expected: bool) -> None:
        """All of one of the terms must be true; a label that is not there is empty."""
        assert expected is (Matching([Match(tuple(terms))]).numbers(LTE) == [0])

    @given(st.lists(MATCHES, max_size=6), st.lists(FACTS, max_size=4))
    def test_all_at_once(self, matches: list[Match], entities: list[Facts]) -> None:
        """Those that are found at once are those that are found one by one, in their order."""
        matching = Matching(matches)

        for facts in [*entities, *entities]:
            expected = [number for number, match in enumerate(matches) if is_meant(match, facts)]
            assert expected == matching.numbers(facts)

    def test_labels(self) -> None:
        """It knows the labels that it looks at."""
        match = Match((Terms(labels=(("b", Patterns(("x",))),)), Terms(labels=(("a", Patterns(("x",))),))))

        assert Matching([match, match, Match()]).labels == ("a", "b")
