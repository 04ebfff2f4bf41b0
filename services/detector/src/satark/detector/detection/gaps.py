"""Gaps: what is read late is judged where it belongs (`subject`), and joined with what came after it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
from msgspec.structs import replace

from satark.detector.detection import entity as entities
from satark.detector.detection.bank import Bank, Batch, Recent
from satark.detector.detection.course import Course
from satark.detector.detection.passing import Passing
from satark.detector.detection.subject import Subject
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import MetricSample


class Gaps:
    """The gaps of all entities of one bank."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def subject_at(self, known: Subject, course: Course, sample: MetricSample, start: int) -> Subject:
        """Return the state that a sample belongs to: the entity's, or the one from before a gap; open a gap if it ends one."""
        if course.rows.keys().isdisjoint(sample.metrics):
            return known
        if start > known.heard:
            if known.opens_gap(sample, start):
                if known.past is not None:
                    self._bank.remove(known.past.columns())
                known.past = Subject(
                    known.state, known.newest, known.heard, known.labels, column=self._bank.copy(known.column)
                )
                known.until = start
            return known
        if not known.is_in_gap(start):
            return known
        if known.past is None:
            known.past = Subject.begun(start, known.labels)
        return known.past

    def fill(self, banked: list[Passing], known_by: Mapping[str, Subject]) -> list[IncidentEvent]:
        """Where a gap is filled, repeat what came after it for the state from before it, which is the entity's now.

        Return the ends of incidents that are history only.
        """
        filled = []
        for one in banked:
            known = known_by[one.sample.entity]
            if one.entity is known.past and one.start + one.sample.interval_s >= known.until:
                filled.append((one, known))
        if not filled:
            return []
        self._repeat(filled)
        ended = (self._joined(one, known) for one, known in filled)
        return [event for event in ended if event is not None]

    def _joined(self, one: Passing, known: Subject) -> IncidentEvent | None:
        """Make the state from before the gap the entity's; return the end of its incident, if there are two."""
        past = one.entity
        self._bank.remove([known.column])
        known.column, known.past, known.until = past.column, None, 0
        if past.state.incident is None:
            return None
        if known.state.incident is None:
            # What was open before the gap may have ended since: then it has been told, and is over.
            if past.state.incident.opened_at != known.over:
                known.state = replace(past.state, newest=known.newest)
            return None
        if known.state.incident.opened_at == past.state.incident.opened_at:
            return None  # one incident, which lasts
        return entities.ended(past.state, one.sample, one.start, one.course).event

    def _repeat(self, filled: list[tuple[Passing, Subject]]) -> None:
        """Judge the samples since a gap once more, after those of the gap; what they told is told."""
        since = {known.column: self._bank.recent(known.column) for _, known in filled}
        later = [
            (one, since[known.column], place)
            for one, known in filled
            for place, start in enumerate(since[known.column].times)
            if start > one.entity.heard
        ]
        rounds: dict[int, list[tuple[Passing, Recent, int]]] = {}
        for one, recent, place in later:
            rounds.setdefault(place - len(recent.times), []).append((one, recent, place))
        for number in sorted(rounds):
            now = rounds[number]
            self._bank.step(
                Batch(
                    columns=np.array([one.entity.column for one, _, _ in now], np.int64),
                    times=np.array([recent.times[place] for _, recent, place in now], np.int64),
                    values=np.array([recent.values[place] for _, recent, place in now], np.float32).T,
                    material=np.array([one.course.material for one, _, _ in now], np.float32).T,
                    maintenance=np.array(
                        [_time(recent.times[place]) in one.course.plan.calendar for one, recent, place in now], np.bool_
                    ),
                )
            )


def _time(start: int) -> datetime:
    return datetime.fromtimestamp(int(start), UTC)
