from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from satark.detector.replay.judging import Replay, Tally
from satark.detector.replay.sightings import Sighting
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import MetricSample
from tests.unit.detector.explain.incidents import after, opened, resolved
from tests.unit.detector.replay.links import at, sample, sightings


@dataclass
class Answer:
    """What a judge says."""

    events: tuple[IncidentEvent, ...] = ()


class Listener:
    """A judge that remembers what it was asked, and tells what it was made with."""

    def __init__(self, *events: IncidentEvent) -> None:
        self.asked: list[tuple[int, datetime]] = []
        self._events = events

    def judge(self, samples: Sequence[MetricSample], now: datetime) -> Answer:
        """Remember."""
        self.asked.append((len(samples), now))
        return Answer(self._events)


class TestReplay:
    def test_the_clock_is_that_of_the_samples(self) -> None:
        """`now` is when the newest sample so far came to be known, and never goes back."""
        judge = Listener()
        replay = Replay(judge)

        replay.feed(sightings([sample(5), sample(6)]))
        replay.feed([Sighting(sample(2), at(2))])
        replay.feed([Sighting(sample(7), at(7) + timedelta(minutes=9))])
        replay.feed([])

        assert judge.asked == [(2, at(7)), (1, at(7)), (1, at(7) + timedelta(minutes=9))]

    def test_events_come_by_time(self) -> None:
        """Events of several entities are told in order of their time."""
        late, early = opened(since=after(5)), opened("wan-link/c")

        assert Replay(Listener(late, early)).feed(sightings([sample(1)])) == [early, late]


class TestTally:
    def test_samples_and_events_are_counted(self) -> None:
        """Samples, links, the first and last time, and what became of incidents are counted."""
        tally = Tally()
        for each in (sample(5), sample(3), sample(9, entity="wan-link/c")):
            tally.see(each)
        for event in (opened(), resolved(opened()), opened(historical=True)):
            tally.tell(event)

        assert (tally.samples, len(tally.entities), tally.first, tally.last) == (3, 2, at(3), at(9))
        assert (tally.opened, tally.resolved, tally.historical) == (2, 1, 1)
