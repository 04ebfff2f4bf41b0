from datetime import timedelta

from msgspec.structs import replace

from satark.detector.replay.grouping import Grouping
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved
from satark.schemas.incidents import IncidentEvent, IncidentOpened
from tests.unit.detector.explain.incidents import after, opened, resolved

SHARED = {"orchestrator": "vco", "enterprise": "acme", "enterprise_id": "4101", "site": "London"}


def link(number: int) -> IncidentOpened:
    """Return the incident of one of a site's links."""
    event = opened(f"wan-link/vco/4101/{number}", since=after(number))
    return replace(event, labels=event.labels | SHARED | {"link": str(number)})


def told(*events: IncidentEvent) -> list[str]:
    """Return what is told, by type."""
    grouping = Grouping()
    return [type(event).__name__ for event in (*grouping.weave(events), *grouping.settle())]


class TestGrouping:
    def test_links_of_a_site_are_a_group(self) -> None:
        """Incidents of a site that open together are told as a group, after the last of them; it ends with them."""
        links = [link(number) for number in range(3)]
        ends = [resolved(each, intervals=9) for each in links]

        names = told(*links, *sorted(ends, key=lambda event: event.time))
        assert names.count("IncidentOpened") == 3
        assert names[3] == IncidentGroupOpened.__name__
        assert names[-1] == IncidentGroupResolved.__name__

    def test_what_nothing_follows_is_told_too(self) -> None:
        """A group that is not yet decided when the samples end is decided then."""
        assert told(*(link(number) for number in range(3)))[-1] == IncidentGroupOpened.__name__

    def test_strangers_are_none(self) -> None:
        """Incidents that share nothing are only incidents, and where there are none nothing is told."""
        assert told(opened(), opened("wan-link/x")) == ["IncidentOpened", "IncidentOpened"]
        assert told() == []

    def test_its_clock_never_goes_back(self) -> None:
        """An event of the past decides nothing earlier than what was told."""
        late = replace(link(0), time=after(0) - timedelta(days=1))

        assert told(link(1), link(2), late)[-1] == IncidentGroupOpened.__name__
