from collections.abc import Iterable, Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from satark.detector.groups.choice import Choice, Entry, choices, is_ripe
from satark.detector.groups.model import GroupRules, Key
from satark.schemas.incident_groups import Dimension

RULES = GroupRules(window_s=900.0, least_members=3)
COMCAST, PUNE, DALLAS = (Dimension.ISP, "Comcast"), (Dimension.SITE, "Pune"), (Dimension.GATEWAY, "Dallas")


def chosen(troubled: Mapping[Key, Iterable[Entry]], sizes: Mapping[Key, int] | None = None) -> list[tuple[Key, str]]:
    """Return what is chosen: what is shared, and by whom, a letter an incident."""
    lists = {key: sorted(entries) for key, entries in troubled.items()}
    return [(choice.key, "".join(choice.incidents)) for choice in choices(lists, RULES, sizes)]


def at(letters: str, opened: float = 0.0) -> list[Entry]:
    """Return incidents that opened at the same time."""
    return [(opened, letter) for letter in letters]


class TestChoices:
    """Which shared value explains what is troubled."""

    def test_three_of_one_provider_are_a_group(self) -> None:
        """Three are enough, two are not."""
        assert [(COMCAST, "abc")] == chosen({COMCAST: at("abc")})
        assert [] == chosen({COMCAST: at("ab")})

    def test_what_explains_the_most_is_preferred(self) -> None:
        """Five of one provider are one group, although three of them share a site too."""
        assert [(COMCAST, "abcde")] == chosen({COMCAST: at("abcde"), PUNE: at("abc")})

    def test_of_equals_the_most_specific_is_preferred(self) -> None:
        """When a site explains what a provider and a gateway explain, it is the site."""
        every = {key: at("abc") for key in (DALLAS, COMCAST, PUNE)}

        assert [(PUNE, "abc")] == chosen(every)
        assert [(COMCAST, "abc")] == chosen({key: every[key] for key in (DALLAS, COMCAST)})

    def test_an_incident_is_in_one_group(self) -> None:
        """What is left after the best explanation may make another group, or none."""
        assert [(DALLAS, "abxyz")] == chosen({COMCAST: at("abcd"), DALLAS: at("abxyz")})
        assert [(DALLAS, "abwxyz"), (COMCAST, "cde")] == chosen({COMCAST: at("abcde"), DALLAS: at("abwxyz")})

    def test_a_known_size_tells_much_from_little(self) -> None:
        """Five of six links of a provider are its fault; five of fifty behind a gateway are not the gateway's."""
        troubled = {COMCAST: at("abcde"), DALLAS: at("abcde")}

        assert [(COMCAST, "abcde")] == chosen(troubled, {COMCAST: 6, DALLAS: 50})
        assert [(DALLAS, "abcde")] == chosen(troubled, {COMCAST: 50, DALLAS: 6})
        assert [] == chosen(troubled, {COMCAST: 50, DALLAS: 50})

    def test_incidents_far_apart_are_no_group(self) -> None:
        """Only what opened within the window of each other counts."""
        spread = [(0.0, "a"), (800.0, "b"), (1600.0, "c"), (2400.0, "d")]

        assert [] == chosen({COMCAST: spread})
        assert [(COMCAST, "abc")] == chosen({COMCAST: [(0.0, "a"), (450.0, "b"), (900.0, "c"), (901.0, "d")]})

    @given(
        st.dictionaries(
            st.sampled_from([COMCAST, PUNE, DALLAS, (Dimension.ISP, "Other"), (Dimension.SITE, "Oslo")]),
            st.sets(st.tuples(st.integers(0, 3000).map(float), st.sampled_from("abcdefghijkl")), max_size=12),
        )
    )
    def test_every_choice_is_a_group_and_none_is_left(self, troubled: dict[Key, set[Entry]]) -> None:
        """Whatever is troubled: choices are large enough, within the window, disjoint, and nothing more can be chosen."""
        opened = {incident: time for entries in troubled.values() for time, incident in entries}
        lists = {key: sorted((opened[i], i) for i in {i for _, i in entries}) for key, entries in troubled.items()}
        found = list(choices(lists, RULES))

        taken = [incident for choice in found for incident in choice.incidents]
        assert len(taken) == len(set(taken))
        for choice in found:
            assert len(choice.incidents) >= RULES.least_members
            assert opened[choice.incidents[-1]] - opened[choice.incidents[0]] <= RULES.window_s
        assert all(len(one.incidents) >= len(other.incidents) for one, other in pairwise(found))
        rest = {key: [entry for entry in entries if entry[1] not in taken] for key, entries in lists.items()}
        assert [] == list(choices(rest, RULES))

    def test_many_sites_at_once_are_decided_quickly(self) -> None:
        """Ten thousand incidents at two thousand sites of one gateway: all belong to the gateway."""
        letters = [f"{number:05}" for number in range(10_000)]
        troubled: dict[Key, list[Entry]] = {DALLAS: [(0.0, one) for one in letters]}
        for number, one in enumerate(letters):
            troubled.setdefault((Dimension.SITE, str(number // 5)), []).append((0.0, one))

        assert [Choice(DALLAS, tuple(letters))] == list(choices(troubled, RULES))


class TestIsRipe:
    """Whether it is time to think of a decision."""

    def test_counts_what_opened_near(self) -> None:
        """An incident is ripe with two others of the window it lies in, before or after it."""
        entries = [(0.0, "a"), (450.0, "b"), (900.0, "c"), (5000.0, "d")]

        assert [True, True, True, False] == [is_ripe(entries, opened, RULES) for opened, _ in entries]
