from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.detector.groups.model import GroupRules, Member
from satark.detector.groups.scope import Outcome, Scope
from satark.schemas.incident_groups import (
    MAX_MEMBERS,
    Dimension,
    GroupReason,
    IncidentGroupEvent,
    IncidentGroupOpened,
    IncidentGroupResolved,
    IncidentGroupUpdated,
)
from satark.schemas.incidents import Severity
from tests.unit.detector.groups.estate import RULES, link, member, minutes, places


def comcast(count: int, at: float = 0.0, **more: Any) -> list[Member]:
    """Return troubled links of one provider, each at its own site."""
    return [member(link(number, isp="Comcast", site=f"Site {number}"), at, **more) for number in range(count)]


def folded(scope: Scope, members: Sequence[Member]) -> Scope:
    """Return the scope after these notices."""
    for one in members:
        scope.fold(one)
    return scope


def decided(scope: Scope, at: float = 20.0) -> list[IncidentGroupEvent]:
    """Return the events of a decision."""
    return scope.decide(minutes(at)).events


class TestOpening:
    """When incidents become a group."""

    def test_five_links_of_a_provider_are_one_group(self) -> None:
        """Five of six links of one provider go bad: one event names the provider and all five."""
        scope = folded(Scope(RULES), comcast(5))
        (event,) = decided(scope)

        assert isinstance(event, IncidentGroupOpened)
        assert (Dimension.ISP, "Comcast", 5, 5) == (event.dimension, event.value, event.member_count, event.open_count)
        assert GroupReason.ENOUGH_MEMBERS is event.reason
        assert "incident-group/vco.example.net/7/isp/Comcast" == event.entity
        assert [f"Edge {number}" for number in range(5)] == places(event.members)
        assert "Comcast" == event.labels["isp"]

    def test_two_links_are_no_group(self) -> None:
        """Two may be chance."""
        assert [] == decided(folded(Scope(RULES), comcast(2)))

    def test_links_of_different_providers_are_no_group(self) -> None:
        """What shares nothing is not told as one."""
        others = [member(link(number, isp=f"Provider {number}")) for number in range(5)]

        assert [] == decided(folded(Scope(RULES), others))

    def test_what_is_over_is_no_part_of_a_beginning(self) -> None:
        """A link that has recovered before the decision is no member."""
        scope = folded(Scope(RULES), comcast(3))
        folded(scope, comcast(1, 0.0, sequence=1, resolved_at=5.0))

        assert [] == decided(scope)

    def test_the_gravest_member_says_how_grave_it_is(self) -> None:
        """One critical link makes the group critical, and is named first."""
        scope = folded(Scope(RULES), comcast(3))
        scope.fold(member(link(8, isp="Comcast"), 4.0, severity=Severity.CRITICAL))
        (event,) = decided(scope)

        assert Severity.CRITICAL is event.severity
        assert ["Edge 8", "Edge 0", "Edge 1", "Edge 2"] == places(event.members)

    def test_a_known_size_can_say_that_it_is_chance(self) -> None:
        """Three of a hundred links of a provider are no trouble of the provider's."""
        scope = folded(Scope(RULES), comcast(3))

        assert [] == scope.decide(minutes(1), {(Dimension.ISP, "Comcast"): 100}).events


class TestGoingOn:
    """What becomes of an open group."""

    def test_a_late_joiner_joins(self) -> None:
        """A link of the same provider that goes bad within the window is told as one more member."""
        scope = folded(Scope(RULES), comcast(3))
        decided(scope)
        scope.fold(member(link(7, isp="Comcast"), 14.0))
        (event,) = decided(scope)

        assert isinstance(event, IncidentGroupUpdated)
        assert (GroupReason.MEMBER_JOINED, 1, 4) == (event.reason, event.sequence, event.member_count)

    def test_who_comes_after_the_window_does_not_join(self) -> None:
        """A link that goes bad later has troubles of its own."""
        scope = folded(Scope(RULES), comcast(3))
        decided(scope)
        scope.fold(member(link(7, isp="Comcast"), 16.0))

        assert [] == decided(scope)

    def test_a_member_that_recovers_is_told(self) -> None:
        """The group goes on with the others."""
        scope = folded(Scope(RULES), comcast(3))
        decided(scope)
        folded(scope, comcast(1, sequence=1, resolved_at=12.0))
        (event,) = decided(scope)

        assert (GroupReason.MEMBER_RESOLVED, 3, 2) == (event.reason, event.member_count, event.open_count)
        assert event.members[-1].ended_at == minutes(12)

    def test_a_member_that_becomes_critical_is_told(self) -> None:
        """That is the gravest that happened, whatever else did."""
        scope = folded(Scope(RULES), comcast(3))
        decided(scope)
        folded(scope, comcast(1, sequence=1, severity=Severity.CRITICAL))
        scope.fold(member(link(7, isp="Comcast"), 2.0))
        (event,) = decided(scope)

        assert (GroupReason.SEVERITY_RAISED, Severity.CRITICAL) == (event.reason, event.severity)

    def test_nothing_new_is_not_told(self) -> None:
        """A member's own update that changes nothing for the group is the member's own affair."""
        scope = folded(Scope(RULES), comcast(3))
        decided(scope)
        folded(scope, comcast(3, sequence=1))

        assert [] == decided(scope)

    def test_it_ends_with_its_last_member(self) -> None:
        """When all have recovered it is over, from the first beginning to the last end."""
        scope = folded(Scope(RULES), [*comcast(2), member(link(2, isp="Comcast", site="Site 2"), 3.0)])
        decided(scope)
        folded(scope, comcast(2, sequence=1, resolved_at=12.0))
        scope.fold(member(link(2, isp="Comcast", site="Site 2"), 3.0, 1, resolved_at=33.0))
        (event,) = decided(scope)

        assert isinstance(event, IncidentGroupResolved)
        assert (minutes(0), minutes(33), 33 * 60) == (event.opened_at, event.ended_at, event.duration_s)
        assert (3, 0) == (event.member_count, event.open_count)
        assert () == scope.groups

    def test_the_same_links_may_make_another_group(self) -> None:
        """The next trouble of the same provider is another group, with an id of its own."""
        scope = folded(Scope(RULES), comcast(3))
        (first,) = decided(scope)
        folded(scope, comcast(3, sequence=1, resolved_at=12.0))
        decided(scope)
        (second,) = decided(folded(scope, comcast(3, at=40.0)))

        assert first.entity == second.entity
        assert first.group != second.group

    def test_what_is_over_is_forgotten(self) -> None:
        """Resolved incidents are remembered for a while, so that an old notice does not bring them back; then not."""
        scope = folded(Scope(RULES), comcast(3, sequence=1, resolved_at=12.0))

        assert Outcome() == scope.fold(comcast(1)[0])
        scope.decide(minutes(30))
        assert 3 == len(scope)
        scope.decide(minutes(12 + 61))
        assert 0 == len(scope)


class TestBounds:
    """Many members."""

    def test_ten_thousand_members_are_counted_and_the_gravest_named(self) -> None:
        """An event names as many as it may, and says how many there are."""
        scope = folded(Scope(RULES), comcast(9_999))
        scope.fold(member(link(77_777, isp="Comcast"), 5.0, severity=Severity.CRITICAL))
        (event,) = decided(scope)

        assert (10_000, MAX_MEMBERS) == (event.member_count, len(event.members))
        assert "Edge 77777" == event.members[0].labels["edge"]

    def test_a_full_scope_takes_no_more_in(self) -> None:
        """What finds no room is not grouped, and that is said; what is known goes on."""
        scope = folded(Scope(GroupRules(max_members=3)), comcast(3))

        assert scope.fold(member(link(9, isp="Comcast"))).is_full
        assert not scope.fold(comcast(1, sequence=1)[0]).is_full
        assert 3 == decided(scope)[0].member_count


LINKS = [
    link(number, isp=isp, site=site, gateway=gateway)
    for number, (isp, site, gateway) in enumerate(
        (isp, site, gateway)
        for isp in ("Comcast", "Verizon")
        for site in ("Pune", "Oslo", "Lima")
        for gateway in ("Dallas", "Unknown")
    )
]
STORIES = st.lists(
    st.tuples(st.sampled_from(LINKS), st.integers(0, 20), st.booleans()),
    unique_by=lambda story: story[0]["link_id"],
    max_size=12,
)


def told(stories: Sequence[tuple[dict[str, str], int, bool]]) -> list[Member]:
    """Return the notices of links that go bad, some of which recover."""
    begun = [member(labels, at) for labels, at, _ in stories]
    over = [member(labels, at, 2, resolved_at=at + 7.0) for labels, at, recovers in stories if recovers]
    return begun + over


class TestAnyStory:
    """What holds whatever happens, in whatever order it is heard."""

    @given(STORIES, st.randoms())
    def test_order_does_not_matter_before_a_decision(
        self, stories: list[tuple[dict[str, str], int, bool]], random: st.DataObject
    ) -> None:
        """The same notices in another order, and twice, come to the same groups."""
        notices = told(stories)
        shuffled = [*notices, *notices]
        random.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random

        assert decided(folded(Scope(RULES), notices)) == decided(folded(Scope(RULES), shuffled))

    @given(STORIES, st.sets(st.integers(0, 24)))
    def test_every_group_is_told_from_beginning_to_end(
        self, stories: list[tuple[dict[str, str], int, bool]], pauses: set[int]
    ) -> None:
        """Whenever decisions fall: sequences have no gaps, nobody is in two open groups, all groups end with their members."""
        scope = Scope(RULES)
        events: list[IncidentGroupEvent] = []
        everything = [*told(stories), *(member(labels, at, 3, resolved_at=40.0) for labels, at, _ in stories)]
        for number, one in enumerate(everything):
            scope.fold(one)
            if number in pauses:
                events += decided(scope)
                grouped = [incident for members in scope._of_group.values() for incident in members]
                assert len(grouped) == len(set(grouped))
        events += decided(scope)

        for group in {event.group for event in events}:
            of_group = [event for event in events if event.group == group]
            assert list(range(len(of_group))) == [event.sequence for event in of_group]
            assert isinstance(of_group[0], IncidentGroupOpened)
            assert isinstance(of_group[-1], IncidentGroupResolved)
            assert all(isinstance(event, IncidentGroupUpdated) for event in of_group[1:-1])
            assert len({event.id for event in of_group}) == len(of_group)
        assert () == scope.groups
        assert not scope.is_unsettled
        scope.decide(minutes(200))
        assert 0 == len(scope)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_is_unsettled_when_there_may_be_something_to_decide(count: int) -> None:
    """A decision is asked for once enough links are troubled."""
    assert (count >= 3) is folded(Scope(RULES), comcast(count)).is_unsettled
