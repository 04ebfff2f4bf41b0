from collections.abc import Iterable

import pytest

from satark.detector.explain import stories
from satark.detector.explain.stories import ById, Head, Newest, Search, Story, UnknownIncidentError
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import JITTER_MS_RX, LATENCY_MS_RX
from tests.unit.detector.explain.incidents import LINK, after, opened, resolved, symptom


def look(search: Search, events: Iterable[IncidentEvent]) -> list[Story]:
    """Show events to a search; return what it found."""
    for event in events:
        if search.wants(Head(event.incident, event.entity)):
            search.add(event)
    return list(search.found())


class TestStory:
    def test_a_second_delivery_adds_nothing(self) -> None:
        """Events are kept once and told in their order, however they come."""
        first = opened()
        end = resolved(first)

        (story,) = look(ById(first.incident), [end, first, end])

        assert story.events == [first, end]
        assert story.resolved == end

    def test_an_open_one_has_no_end(self) -> None:
        """What has not been resolved has no resolution."""
        (story,) = look(ById(opened().incident), [opened()])

        assert story.resolved is None

    def test_it_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of too many events the first and the newest stay, and it is told how many went."""
        monkeypatch.setattr(stories, "MAX_EVENTS", 1)
        first = opened()
        story = Story(first.incident)

        story.add(first)
        story.add(resolved(first))

        assert (story.events, story.left_out) == ([first], 1)

    def test_the_worst_metric_is_first(self) -> None:
        """Metrics come by their greatest distance from normal."""
        first = opened(LINK, symptom(JITTER_MS_RX, distance=3.0), symptom(LATENCY_MS_RX, distance=9.0))
        (story,) = look(ById(first.incident), [first])

        assert story.metrics() == [LATENCY_MS_RX, JITTER_MS_RX]
        assert [told.metric for told in story.told_of(JITTER_MS_RX)] == [JITTER_MS_RX]


class TestById:
    def test_the_beginning_is_enough(self) -> None:
        """An incident is found by as much of its id as is unique, in either case."""
        first, other = opened(), opened("wan-link/vco/4101/link-c")

        (story,) = look(ById(first.incident[:8].upper()), [first, other])

        assert story.incident == first.incident

    def test_an_unknown_id_names_the_nearest(self) -> None:
        """Who mistypes an id is shown the ids most like it."""
        events = [opened(f"wan-link/vco/1/{n}") for n in range(20)]
        wanted = events[7].incident
        typo = wanted[:-1] + ("0" if wanted[-1] != "0" else "1")

        with pytest.raises(UnknownIncidentError, match=f"nearest: {wanted}, "):
            look(ById(typo), events)

    def test_an_empty_topic_says_so(self) -> None:
        """Where there are no incidents nothing is near."""
        with pytest.raises(UnknownIncidentError, match="no incident 3f; there is none at all"):
            look(ById("3f"), [])

    def test_more_than_one_is_not_guessed(self) -> None:
        """A beginning that several ids share is an error that names some, and counts no more than it must."""
        events = [opened(f"wan-link/vco/1/{n}") for n in range(500)]

        with pytest.raises(UnknownIncidentError, match="20 or more incidents begin with :"):
            look(ById(""), events)
        with pytest.raises(UnknownIncidentError, match=r"^2 incidents begin with"):
            look(ById(""), events[:2])


class TestNewest:
    def test_the_last_few_are_kept(self) -> None:
        """The newest by their beginning are found, oldest first, whatever order they come in."""
        events = [opened(since=after(n)) for n in (5, 1, 9, 3)]

        found = look(Newest(2), events)

        assert [story.last.opened_at for story in found] == [after(5), after(9)]

    def test_only_those_of_the_entity(self) -> None:
        """Incidents of other entities are no answer."""
        ours, other = opened(), opened("wan-link/vco/4101/link-c", since=after(4))

        assert [story.incident for story in look(Newest(5, LINK), [ours, other])] == [ours.incident]

    def test_an_unknown_entity_names_the_nearest(self) -> None:
        """Who mistypes an entity is shown those most like it."""
        with pytest.raises(UnknownIncidentError, match=f"no incident of {LINK}x; nearest: {LINK}"):
            look(Newest(1, f"{LINK}x"), [opened(), opened()])

    def test_no_incident_at_all(self) -> None:
        """Where there is none, that is said."""
        with pytest.raises(UnknownIncidentError, match="no incident; there is none at all"):
            look(Newest(1), [])
